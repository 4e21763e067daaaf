// The blocks of a new image: which are used, and what files put into them.

import { pointersIn, skipListBlocks } from './format.js';
import type { Pair } from './metadata.js';

/** Allocates blocks in order and stores their contents. */
export class BlockAllocator {
  readonly #blockBytes: number;
  readonly #contents: { readonly block: number; readonly bytes: Uint8Array }[] = [];
  count = 0;

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  pair(): Pair {
    this.count += 2;
    return [this.count - 2, this.count - 1];
  }

  /** @returns the number of the last block of the file's skip-list */
  file(content: Uint8Array): number {
    const count = skipListBlocks(content.length, this.#blockBytes);
    const first = this.count;
    let start = 0;
    for (let index = 0; index < count; index++) {
      const pointers = pointersIn(index);
      const bytes = Buffer.alloc(this.#blockBytes, 0xff);
      for (let skip = 0; skip < pointers; skip++) bytes.writeUInt32LE(first + index - 2 ** skip, 4 * skip);
      const end = Math.min(start + this.#blockBytes - 4 * pointers, content.length);
      bytes.set(content.subarray(start, end), 4 * pointers);
      start = end;
      this.#contents.push({ block: first + index, bytes });
    }
    this.count += count;
    return first + count - 1;
  }

  image(): Buffer {
    const image = Buffer.alloc(this.count * this.#blockBytes, 0xff);
    for (const { block, bytes } of this.#contents) image.set(bytes, block * this.#blockBytes);
    return image;
  }
}
