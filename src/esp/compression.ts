// One zlib stream of the data to write, in blocks of the loader's size. Independent of the loader.
//
// pako's level 9 makes 2 to 3 % fewer bytes than that of Node.js, whose zlib trades size for speed. It runs in slices
// between the turns of the event loop, ahead of the wire: a worker thread would take 25 MB, and the first block would
// wait until it has started.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Deflate } from 'pako';

/** What a stub takes at once: FLASH_WRITE_SIZE of esptool. */
export const BLOCK_BYTES = 0x4000;

/** Half a millisecond of work for real images, 15 ms for the worst input: serial data and the spinner wait at most that long. */
const SLICE_BYTES = 2048;

export class Compression implements Disposable {
  readonly sizeBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #blocks: Uint8Array[] = [];
  #compressedBytes = 0;
  #isComplete = false;
  #isStopped = false;

  /**
   * Starts to compress.
   * @param bytes not to be changed until it is complete
   * @param signal ends it at the next slice
   */
  constructor(bytes: Uint8Array, signal?: AbortSignal) {
    this.sizeBytes = bytes.length;
    this.#signal = signal;
    void this.#run(bytes);
  }

  /** The compressed size, once it is known. */
  get totalBytes(): number | undefined {
    return this.#isComplete ? this.#compressedBytes : undefined;
  }

  /** No stream is longer: data that cannot be compressed is stored, with 5 bytes for each 16 KB (RFC 1951, 3.2.4). */
  get maxTotalBytes(): number {
    return this.totalBytes ?? this.sizeBytes + Math.ceil(this.sizeBytes / 1000) + 64;
  }

  /**
   * Waits for a block of BLOCK_BYTES; the last one may be shorter.
   * @returns undefined after the last one, and once it is disposed of: a failed write may still wait for its next block
   * @throws the signal's reason
   */
  async block(index: number): Promise<Uint8Array | undefined> {
    this.#signal?.throwIfAborted();
    while (index >= this.#blocks.length && !this.#isComplete && !this.#isStopped) {
      await nextTurn();
      this.#signal?.throwIfAborted();
    }
    return this.#blocks[index];
  }

  /** Ends it; only for what is not going to be written. */
  [Symbol.dispose](): void {
    this.#isStopped = true;
  }

  async #run(bytes: Uint8Array): Promise<void> {
    const deflate = new Deflate({ level: 9, chunkSize: BLOCK_BYTES });
    deflate.onData = (chunk) => {
      const block = chunk as Uint8Array; // it gives no other type
      this.#blocks.push(block);
      this.#compressedBytes += block.length;
    };
    for (let at = 0; !this.#isComplete; at += SLICE_BYTES) {
      await nextTurn();
      if (this.#isStopped || this.#signal?.aborted) return;
      const isLast = at + SLICE_BYTES >= bytes.length;
      deflate.push(bytes.subarray(at, at + SLICE_BYTES), isLast);
      this.#isComplete = isLast;
    }
  }
}
