import { expect, onTestFinished, test, vi } from 'vitest';
import { NoPacketError, PacketChannel, SlipDecoder, slipEncode } from '../../../src/esp/slip.js';
import { FakePort } from '../../support/fake-port.js';
import { inPieces, seededRandom } from '../../support/random.js';

test('a packet is framed with C0, and C0 and DB inside it are escaped', () => {
  expect(Buffer.from(slipEncode(Buffer.from('01c0db02', 'hex'))).toString('hex')).toBe('c001dbdcdbdd02c0');
});

test('packets come out the same whole, a byte at a time and in random pieces', () => {
  const random = seededRandom(1);
  const packets = Array.from({ length: 50 }, () =>
    Buffer.from(Array.from({ length: 1 + random(40) }, () => random(256))),
  );
  const stream = Buffer.concat(packets.map((packet) => slipEncode(packet)));
  for (const longest of [2, 9, stream.length + 2]) {
    const decoder = new SlipDecoder();
    const found = inPieces(stream, random, longest).flatMap((piece) => decoder.push(piece));
    expect(found.map((packet) => Buffer.from(packet))).toEqual(packets);
    expect(decoder.strayBytes).toBe(0);
  }
});

test('a boot log before the first packet is counted and skipped', () => {
  const decoder = new SlipDecoder();
  const found = decoder.push(Buffer.concat([Buffer.from('rst cause:2\r\n'), slipEncode(Buffer.from('hi'))]));
  expect(found.map(String)).toEqual([String(Uint8Array.from(Buffer.from('hi')))]);
  expect(decoder.strayBytes).toBe(13);
});

test('a stream without an END is dropped as noise, and the next packet is found', () => {
  const decoder = new SlipDecoder();
  const endless = Buffer.concat([Buffer.of(0xc0), Buffer.alloc(100_000, 'x')]);
  expect(decoder.push(endless)).toEqual([]);
  expect(decoder.strayBytes).toBe(100_000);
  expect(decoder.push(slipEncode(Uint8Array.of(7)))).toEqual([Uint8Array.of(7)]);
});

test('one END between two packets closes the first and leaves the second to its own END', () => {
  const decoder = new SlipDecoder();
  expect(decoder.push(Buffer.from('c001c0c002c0', 'hex'))).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
});

test('a read ends after the time allowed', async () => {
  const channel = new PacketChannel(new FakePort(), undefined);
  await expect(channel.read(20)).rejects.toThrow(NoPacketError);
});

test('a read ends when the caller gives up', async () => {
  const abort = new AbortController();
  const reading = new PacketChannel(new FakePort(), abort.signal).read(60_000);
  abort.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
});

test('a far board has the time of the network on top of that allowed to answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const port = Object.assign(new FakePort(), { roundTripMs: 1000 });
  const reading = new PacketChannel(port, undefined).read(500);
  await vi.advanceTimersByTimeAsync(1400);
  port.send(slipEncode(Uint8Array.of(7)));
  expect(await reading).toEqual(Uint8Array.of(7));
});

test('while a board starts, what a new request discards still counts, and no packet is torn', async () => {
  const port = new FakePort();
  const channel = new PacketChannel(port, undefined);
  await channel.keepingInput(async () => {
    port.send('rst:0x1\r\n');
    port.send(slipEncode(Uint8Array.of(7)).subarray(0, 2));
    channel.discardInput();
    await channel.write(Uint8Array.of(1));
    port.send(slipEncode(Uint8Array.of(7)).subarray(2));
    expect(await channel.read(1000)).toEqual(Uint8Array.of(7));
  });
  expect(channel.decoder.strayBytes).toBe(9);
});
