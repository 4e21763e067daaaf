// Whether a chip's ROM loader listens, without the library that drives it.

import { ByteReader } from '../port/byte-reader.js';
import type { Port } from '../port/port.js';
import { slipEncode } from './slip.js';

/** SYNC: request, command 8, 36 bytes of data, no checksum; esptool's documentation of the serial protocol. */
const SYNC = slipEncode(
  Uint8Array.of(0x00, 0x08, 36, 0, 0, 0, 0, 0, 0x07, 0x07, 0x12, 0x20, ...Array(32).fill(0x55)),
);
/** The beginning of the answer: a frame, response, command 8. */
const ANSWER = '\xc0\x01\x08';
const ANSWER_TIMEOUT_MS = 150;
/** The first one may only teach the ROM our baud rate. */
const TRIES = 3;

/** Other programs receive this as noise: use it only if everything else has failed. */
export async function answersAsLoader(port: Port, signal: AbortSignal | undefined): Promise<boolean> {
  const reader = ByteReader.of(port);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    await reader.discard();
    await port.write(SYNC);
    const { end } = await reader.readUntil(ANSWER, { timeoutMs: ANSWER_TIMEOUT_MS, signal });
    if (end === 'found') return true;
  }
  return false;
}
