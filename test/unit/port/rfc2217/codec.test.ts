import { expect, test } from 'vitest';
import {
  baudRateValue,
  CLIENT_GREETING,
  comPortCommand,
  escapeData,
  SET_BAUD_RATE,
  TelnetDecoder,
  type TelnetPart,
} from '../../../../src/port/rfc2217/codec.js';
import { inPieces, seededRandom } from '../../../support/random.js';

const dataOf = (parts: readonly TelnetPart[]) =>
  Buffer.concat(parts.map((part) => (part.kind === 'data' ? part.bytes : Buffer.of())));
const commandsOf = (parts: readonly TelnetPart[]) => parts.filter((part) => part.kind === 'command');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('requests 115200 baud as in RFC 2217', () => {
  expect(hex(comPortCommand(SET_BAUD_RATE, baudRateValue(115200)))).toBe('fffa2c010001c200fff0');
});

test('a value that holds 0xFF is escaped, and read back as it was', () => {
  const command = comPortCommand(SET_BAUD_RATE, baudRateValue(0xff00ff));
  expect(hex(command)).toBe('fffa2c0100ffff00fffffff0');
  expect(new TelnetDecoder(Buffer.of()).push(command).parts).toEqual([
    { kind: 'command', command: SET_BAUD_RATE, value: Uint8Array.of(0, 0xff, 0, 0xff) },
  ]);
});

test('data with any bytes in it, among commands, comes out the same in whatever pieces', () => {
  const random = seededRandom(3);
  const data = Buffer.from(Array.from({ length: 3000 }, () => (random(4) === 0 ? 255 : random(256))));
  const stream = Buffer.concat([
    escapeData(data.subarray(0, 1000)),
    comPortCommand(107, [0]),
    escapeData(data.subarray(1000)),
  ]);
  for (const longest of [2, 10, stream.length + 2]) {
    const decoder = new TelnetDecoder(Buffer.of());
    const pieces = inPieces(stream, random, longest).map((piece) => decoder.push(piece));
    expect(Buffer.concat(pieces.map(({ parts }) => dataOf(parts))).equals(data)).toBe(true);
    expect(pieces.flatMap(({ parts }) => commandsOf(parts))).toEqual([
      { kind: 'command', command: 107, value: Uint8Array.of(0) },
    ]);
  }
});

test('a command stays between the bytes that came before it and those that came after', () => {
  const stream = Buffer.concat([
    Buffer.from('old'),
    comPortCommand(SET_BAUD_RATE, [0, 0, 1, 2]),
    Buffer.from('new'),
  ]);
  const { parts } = new TelnetDecoder(Buffer.of()).push(stream);
  expect(
    parts.map((part) => {
      if (part.kind === 'com-port') return part.isAgreed;
      return part.kind === 'data' ? String(Buffer.from(part.bytes)) : part.command;
    }),
  ).toEqual(['old', SET_BAUD_RATE, 'new']);
});

test('two ends that answer each other come to rest', () => {
  const client = new TelnetDecoder(CLIENT_GREETING);
  const server = new TelnetDecoder(Buffer.of());
  let toServer: Uint8Array = CLIENT_GREETING;
  let rounds = 0;
  for (; toServer.length > 0 && rounds < 10; rounds++) {
    const { reply, parts } = server.push(toServer);
    if (rounds === 0) expect(parts).toEqual([{ kind: 'com-port', isAgreed: true, isDo: false }]);
    toServer = client.push(reply).reply;
  }
  expect(rounds).toBeLessThan(3);
});

test('an unused option is refused once', () => {
  const decoder = new TelnetDecoder(Buffer.of());
  expect(hex(decoder.push(Buffer.from('fffd18', 'hex')).reply)).toBe('fffc18'); // DO TERMINAL-TYPE, WONT
  expect(hex(decoder.push(Buffer.from('fffb01', 'hex')).reply)).toBe('fffe01'); // WILL ECHO, DONT
});

test('a server without COM port option is noticed', () => {
  const decoder = new TelnetDecoder(CLIENT_GREETING);
  const { parts } = decoder.push(Buffer.from('fffe2c', 'hex')); // DONT COM-PORT
  expect(parts).toEqual([{ kind: 'com-port', isAgreed: false, isDo: false }]);
});

test('random bytes never make it throw, nor keep more than a little', () => {
  const random = seededRandom(11);
  const decoder = new TelnetDecoder(Buffer.of());
  for (let round = 0; round < 500; round++) {
    const noise = Buffer.from(
      Array.from({ length: random(300) }, () => (random(3) ? random(256) : 240 + random(16))),
    );
    const { parts, reply } = decoder.push(noise);
    expect(dataOf(parts).length + reply.length).toBeLessThanOrEqual(3 * noise.length);
    expect(commandsOf(parts).every(({ value }) => value.length <= 64)).toBe(true);
  }
});
