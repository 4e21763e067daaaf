// The answer to GET_SECURITY_INFO, of chips that add their id to it and of the ESP32-S2, which does not.

import { expect, test } from 'vitest';
import { parseSecurityInfo } from '../../../src/esp/chip-identity.js';

/** Flags, encryption counter, seven key purposes; chip id and version; the status. */
function answer(flags: number, cryptCount: number, chipId?: number): Uint8Array {
  const bytes = Buffer.alloc(chipId === undefined ? 12 : 20);
  bytes.writeUInt32LE(flags, 0);
  bytes[4] = cryptCount;
  if (chipId !== undefined) bytes.writeUInt32LE(chipId, 12);
  return Buffer.concat([bytes, Buffer.alloc(4)]);
}

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
    expect(() => parseSecurityInfo(bytes)).toThrow('does not tell its security state');
  },
);
