// Writes a new filesystem to a flash, so that a cut leaves either none, which MicroPython makes, or the whole: its first
// two blocks come last, once all others are verified.

import { PortalError } from '../../errors.js';
import { firstDifference, md5 } from '../../esp/flash-contents.js';
import type { FlashRange } from '../../esp/image/partition-table.js';
import type { ChipLoader } from '../../esp/loader.js';

/** A filesystem to be, from its first block to the last that is used. */
export interface NewFilesystem {
  readonly range: FlashRange;
  readonly bytes: Uint8Array;
}

/** The superblock's pair. */
const PAIR_BYTES = 2 * 0x1000;
/** A flash chip erases so much in the time of three or four sectors of 4 KB, where it begins and ends with such a block. */
const ERASE_BLOCK_BYTES = 0x10000;
/** From so many bytes in the last block on it is faster to write all of it. */
const WORTH_A_BLOCK_BYTES = 0x6000;
/** Enough to tell most filesystems apart. */
const HEAD_BYTES = 256;
const ERASED = 0xff;

/**
 * Whether MicroPython has no filesystem there yet: the range begins with erased blocks, or with a part of this one, which
 * an earlier run did not finish.
 */
export async function isFree(
  loader: Pick<ChipLoader, 'read' | 'md5'>,
  { range: { address }, bytes }: NewFilesystem,
): Promise<boolean> {
  const isPart = (there: Uint8Array) => there.every((byte, at) => byte === ERASED || byte === bytes[at]);
  if (!isPart(await loader.read(address, HEAD_BYTES))) return false;
  const pair = await loader.read(address, PAIR_BYTES);
  if (!isPart(pair)) return false;
  const isComplete = Buffer.compare(pair, bytes.subarray(0, PAIR_BYTES)) === 0;
  return !isComplete || (await loader.md5(address, bytes.length)) !== md5(bytes);
}

/**
 * @param onBytes called with the acknowledged part of the compressed data
 * @returns how many bytes were sent
 * @throws PortalError `flash-mismatch`; as ChipLoader.write
 */
export async function writeFilesystem(
  loader: ChipLoader,
  { range, bytes }: NewFilesystem,
  { signal, onBytes }: { signal: AbortSignal | undefined; onBytes: (done: number, total: number) => void },
): Promise<number> {
  const { address } = range;
  const { Compression } = await import('../../esp/compression.js');
  let sentBytes = 0;
  for (const part of [withoutPair(range, bytes), bytes.subarray(0, PAIR_BYTES)]) {
    using data = new Compression(part, signal);
    await loader.write(address, data, (doneBytes, totalBytes) =>
      onBytes(sentBytes + doneBytes, sentBytes + totalBytes),
    );
    sentBytes += data.totalBytes ?? 0;
    if ((await loader.md5(address, part.length)) === md5(part)) continue;
    const differs = await firstDifference(loader, address, part);
    throw new PortalError(
      'flash-mismatch',
      `The flash differs from the files that were written; the first wrong sector is at 0x${differs.toString(16).padStart(6, '0')}.`,
    );
  }
  return sentBytes;
}

/** All of it with an erased pair, to the end of its last block if that is erased faster. */
function withoutPair({ address, sizeBytes }: FlashRange, bytes: Uint8Array): Uint8Array {
  const inLastBlock = (address + bytes.length) % ERASE_BLOCK_BYTES;
  const pad = inLastBlock < WORTH_A_BLOCK_BYTES ? 0 : ERASE_BLOCK_BYTES - inLastBlock;
  const whole = new Uint8Array(Math.min(bytes.length + pad, sizeBytes)).fill(ERASED);
  whole.set(bytes);
  return whole.fill(ERASED, 0, PAIR_BYTES);
}
