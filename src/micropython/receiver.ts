// The program on the board that takes files: binary, in checked blocks, as fast as the line carries them.
// The other half of the protocol is in transfer.ts; docs/transfer.md describes both.

import importMachine from '../board-scripts/common/import_machine.py';
import { assemble, type Inflater } from '../board-scripts/python-source.js';
import receiveFiles from '../board-scripts/staging/receive_files.py';
import receiver from '../board-scripts/staging/receiver.py';

/** The board acknowledges pieces of this size; four of them are never more than its UART's buffer of 255 bytes. */
export const PIECE_BYTES = 63;
export const MAX_PIECES_UNDER_WAY = 4;
/** A block is four pieces: its number, its content, the first two bytes of SHA-256 of both. */
const BLOCK_BYTES = 4 * PIECE_BYTES;
export const BLOCK_CONTENT_BYTES = BLOCK_BYTES - 3;

/**
 * Numbers of pieces and blocks wrap; their upper bits distinguish them. No answer is ASCII: what the SDK prints
 * meanwhile is no answer.
 */
export const ACKNOWLEDGED = 0x80; // | number of the next piece, 6 bits
export const EXPECTED = 0xc0; // | number of the block to send again, 5 bits
export const FAILED = 0xf0; // an exception occurred
/** What the board looks for after anything went wrong: no block is taken before it has come. */
export const SYNC = Uint8Array.of(0xa5, 0x5a, 0xc3);
/** In the same place: give up. */
export const CANCEL = Uint8Array.of(0xa5, 0x5a, 0xc4);

/** Timers that a port has to spare, as its `machine.Timer` numbers them. */
const TIMERS: Readonly<Record<string, number>> = { esp8266: -1, esp32: 0 };

/**
 * The receiver's code, for receiveProgram. Needs hashes.py.
 * @param platform `sys.platform`, which selects the timer that restarts a board without input
 * @param inflater the module that inflates
 * @param folder where the files are written, as `0`, `1`, …; it exists
 */
export function receiverProgram(platform: string, inflater: Inflater, folder: string): string {
  const timer = TIMERS[platform];
  const parameters = {
    FILES: `${folder}/%d`,
    HAS_DEFLATE: inflater === 'deflate',
    HAS_TIMER: timer !== undefined,
  };
  return timer === undefined
    ? assemble([receiver], parameters)
    : assemble([importMachine, receiver], { ...parameters, TIMER: timer });
}

/**
 * Receives files. Reports that the board is ready before it reads the first byte.
 * @param sentBytes what comes, inflated with a window of `windowBits` (0: it is plain)
 */
export function receiveProgram(sentBytes: number, windowBits: number, fileSizes: readonly number[]): string {
  return assemble([receiveFiles], {
    SENT_BYTES: sentBytes,
    WINDOW_BITS: windowBits,
    FILE_SIZES: fileSizes,
  });
}
