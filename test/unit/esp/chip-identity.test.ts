// Revision and locks of chips, from the registers and answers of their loaders.

import { expect, test } from 'vitest';
import {
  detectChip,
  hasOctalPsram,
  parseSecurityInfo,
  readIdentity,
} from '../../../src/esp/chip-identity.js';
import { espLoader } from '../../../src/esp/packet-transport.js';
import { PacketChannel, SlipDecoder, slipEncode } from '../../../src/esp/slip.js';
import { FakePort } from '../../support/fake-port.js';

/** Flags, encryption counter, seven key purposes; chip id and version; the status. */
function answer(flags: number, cryptCount: number, chipId?: number): Uint8Array {
  const bytes = Buffer.alloc(chipId === undefined ? 12 : 20);
  bytes.writeUInt32LE(flags, 0);
  bytes[4] = cryptCount;
  if (chipId !== undefined) bytes.writeUInt32LE(chipId, 12);
  return Buffer.concat([bytes, Buffer.alloc(4)]);
}

/** A loader that answers READ_REG from these registers, and GET_SECURITY_INFO with `info`. */
function loaderOf(registers: Readonly<Record<number, number>>, info: Uint8Array) {
  const decoder = new SlipDecoder();
  const port = new FakePort((bytes, board) => {
    for (const request of decoder.push(bytes)) {
      const op = request[1] ?? 0;
      const address = op === 0x0a ? Buffer.from(request).readUInt32LE(8) : 0;
      const data = op === 0x14 ? info : Buffer.alloc(4);
      const header = Buffer.from([1, op, data.length, 0, 0, 0, 0, 0]);
      header.writeUInt32LE(registers[address] ?? 0, 4);
      board.send(slipEncode(Buffer.concat([header, data])));
    }
  });
  return espLoader(new PacketChannel(port, undefined));
}

const MAGIC = 0x40001000;

/** Revision v1.2 in the eFuses of each family, after ESP-IDF's tables of them. */
test.each([
  ['ESP32-S2', { [MAGIC]: 0x7c6, 1061265488: 1 << 18, 1061265492: 2 << 4 }, answer(0, 0)],
  ['ESP32-S3', { [MAGIC]: 0x9, 1610641488: 2 << 18, 1610641496: 1 << 24 }, answer(0, 0, 9)],
  ['ESP32-C2', { [MAGIC]: 0x6f51306f, 1610647620: (1 << 20) | (2 << 16) }, answer(0, 0, 12)],
  ['ESP32-C3', { [MAGIC]: 0x1b31506f, 1610647632: 2 << 18, 1610647640: 1 << 24 }, answer(0, 0, 5)],
  ['ESP32-C5', { [MAGIC]: 0x1101406f, 1611352140: (1 << 4) | 2 }, answer(0, 0, 23)],
  ['ESP32-C6', { [MAGIC]: 0x2ce0806f, 1611335760: (1 << 22) | (2 << 18) }, answer(0, 0, 13)],
  ['ESP32-H2', { [MAGIC]: 0xd7b73e80, 1611335760: (1 << 21) | (2 << 18) }, answer(0, 0, 16)],
  ['ESP32-P4', { [MAGIC]: 0x0, 1343410252: (1 << 4) | 2 }, answer(0, 0, 18)],
])('an %s of revision v1.2 is identified', async (family, registers, info) => {
  const esp = loaderOf(registers, info);
  await detectChip(esp);
  expect(await readIdentity(esp)).toEqual({ family, revision: 102, locks: [] });
});

/** PSRAM in the package: two bits and a third one elsewhere, after ESP-IDF's table of the S3's eFuses. */
test.each([
  ['none', 0, 0, false],
  ['8 MB', 1, 0, true],
  ['2 MB', 2, 0, false],
  ['16 MB', 3, 0, true],
  ['4 MB', 0, 1, false],
])('an ESP32-S3 with %s of PSRAM in its package', async (_size, low, high, isOctal) => {
  const psram = { 1610641492: low << 3, 1610641496: high << 19 };
  const esp = loaderOf({ [MAGIC]: 0x9, ...psram }, answer(0, 0, 9));
  await detectChip(esp);
  expect(await hasOctalPsram(esp)).toBe(isOctal);
});

test('a chip without PSRAM in its package has none', async () => {
  const esp = loaderOf({ [MAGIC]: 0x1b31506f }, answer(0, 0, 5));
  await detectChip(esp);
  expect(await hasOctalPsram(esp)).toBe(false);
});

test('a chip in secure download mode, which reads no registers, is named by its id', async () => {
  const esp = loaderOf({}, answer(0b100, 0, 9));
  await detectChip(esp);
  expect(await readIdentity(esp)).toMatchObject({ family: 'ESP32-S3', locks: ['secure download mode'] });
});

test.each([
  ['nothing', answer(0, 0, 5), []],
  ['a debug port that is off', answer(1 << 6, 0, 5), []],
  ['encryption that was switched on', answer(0, 0b001, 9), ['flash encryption']],
  ['encryption that was switched off again', answer(0, 0b011, 9), []],
  ['encryption for good', answer(0, 0b111, 9), ['flash encryption']],
  ['all of it', answer(0b101, 1, 5), ['flash encryption', 'secure boot', 'secure download mode']],
  ['a locked ESP32-S2', answer(0b001, 1), ['flash encryption', 'secure boot']],
])('%s', (_what, bytes, locks) => {
  expect(parseSecurityInfo(bytes).locks).toEqual(locks);
});

test.each([
  ['ESP32-C3', answer(0, 0, 5)],
  ['ESP32-C6', answer(0, 0, 13)],
  ['ESP32-S2', answer(0, 0)],
])('names an %s', (family, bytes) => {
  expect(parseSecurityInfo(bytes).family).toBe(family);
});

test.each([[Buffer.of()], [Buffer.of(0xff, 0)], [Buffer.alloc(13)]])(
  'an answer without the information is not taken for an open chip (%o)',
  (bytes) => {
    expect(() => parseSecurityInfo(bytes)).toThrow('does not report its security state');
  },
);
