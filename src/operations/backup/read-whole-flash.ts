// Reads all of a flash. What is erased is asked for by its MD5 and does not take the line; what an interrupted run has
// read already is compared by its MD5, because the board may have run in between.

import { md5 } from '../../esp/flash-contents.js';
import { isErased } from '../../esp/image/partition-table.js';
import type { ChipLoader } from '../../esp/loader.js';
import { bytesEvent, type OnProgress } from '../../progress.js';
import { PIECE_BYTES } from './backup-file.js';

/** A loader, as far as it is needed. */
type FlashReader = Pick<ChipLoader, 'read' | 'md5'>;

/** Flash that ends like this may go on like this. */
const HINT_BYTES = 0x1000;
const ERASED = 0xff;

interface ReadOptions {
  /** Beginning of the flash that an earlier run has read. */
  readonly earlier: Uint8Array;
  readonly onProgress: OnProgress;
  /** Called with each piece that an earlier run has not read, or that has changed since, and all behind it, in order. */
  readonly onPiece: (piece: Uint8Array, address: number) => Promise<void>;
}

/**
 * @param flash is filled
 * @throws as ChipLoader.read; what `onPiece` throws
 */
export async function readWholeFlash(
  loader: FlashReader,
  flash: Uint8Array,
  { earlier, onProgress, onPiece }: ReadOptions,
): Promise<void> {
  const startedAt = performance.now();
  let earlierBytes = 0;
  const report = (doneBytes: number) =>
    onProgress(
      bytesEvent({
        step: 'read-flash',
        doneBytes,
        totalBytes: flash.length,
        earlierBytes,
        elapsedMs: performance.now() - startedAt,
      }),
    );
  let at = 0;
  for (const end = earlier.length; at < end; at += PIECE_BYTES) {
    const piece = earlier.subarray(at, at + PIECE_BYTES);
    if ((await loader.md5(at, piece.length)) !== md5(piece)) break;
    flash.set(piece, at);
    earlierBytes = at + piece.length;
    report(earlierBytes);
  }
  let erasedPieces = 1; // how many are asked for at once
  while (at < flash.length) {
    const mayBeErased = at > 0 && isErased(flash.subarray(at - HINT_BYTES, at));
    const sizeBytes = Math.min(erasedPieces * PIECE_BYTES, flash.length - at);
    if (mayBeErased && (await loader.md5(at, sizeBytes)) === md5(new Uint8Array(sizeBytes).fill(ERASED))) {
      flash.fill(ERASED, at, at + sizeBytes);
      for (let piece = at; piece < at + sizeBytes; piece += PIECE_BYTES)
        await onPiece(flash.subarray(piece, Math.min(piece + PIECE_BYTES, at + sizeBytes)), piece);
      at += sizeBytes;
      erasedPieces *= 2;
    } else if (mayBeErased && erasedPieces > 1) {
      erasedPieces = Math.max(1, erasedPieces >> 2);
      continue;
    } else {
      const length = Math.min(PIECE_BYTES, flash.length - at);
      const start = at;
      const piece = await loader.read(start, length, (doneBytes) => report(start + doneBytes));
      flash.set(piece, at);
      await onPiece(piece, at);
      at += length;
      erasedPieces = 1;
    }
    report(at);
  }
}
