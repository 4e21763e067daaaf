// How the computer gets the packets of a chip with native USB.

import { expect, test } from 'vitest';
import { HostPackets } from '../../../../src/virtual-board/usb/host-packets.js';
import { ManualClock } from '../../../support/manual-clock.js';

const packet = (fill: number) => new Uint8Array(64).fill(fill);

async function readAll(packets: HostPackets): Promise<Buffer> {
  const buffer = Buffer.alloc(1024 * 1024);
  return buffer.subarray(0, await packets.read(buffer, 0, buffer.length));
}

test('a computer that does not read loses what comes 200 ms after its driver is full, and no more', async () => {
  const clock = new ManualClock();
  const packets = new HostPackets({ stallMs: 0, clock });
  for (let count = 0; count < 64; count++) packets.push(packet(1)); // the 4 KB of the driver
  packets.push(packet(2)); // the chip waits with it
  await clock.advance(201);
  packets.push(packet(3));
  expect((await readAll(packets)).length).toBe(65 * 64);
  packets.push(packet(4));
  expect([...new Set(await readAll(packets))]).toEqual([4]);
});

test('after each 32 KB the port stands still in both directions, then all arrives at once and in order', async () => {
  const clock = new ManualClock();
  const packets = new HostPackets({ stallMs: 2000, clock });
  await packets.passing(32 * 1024 - 64);
  packets.push(packet(1)); // the last one before the stall
  await clock.advance(0);
  expect((await readAll(packets)).length).toBe(64);
  packets.push(packet(2));
  packets.push(packet(3));
  let hasWritten = false;
  const writing = packets.passing(1).then(() => {
    hasWritten = true;
  });
  let arrived: Buffer | undefined;
  const reading = readAll(packets).then((bytes) => {
    arrived = bytes;
  });
  await clock.advance(1999);
  expect([hasWritten, arrived]).toEqual([false, undefined]);
  await clock.advance(1);
  await Promise.all([writing, reading]);
  const rest = arrived?.length === 128 ? Buffer.of() : await readAll(packets);
  expect(Buffer.concat([arrived ?? Buffer.of(), rest])).toEqual(Buffer.concat([packet(2), packet(3)]));
});
