// A zlib stream in blocks, as compressed writes send it. Independent of the flash.

import { createInflate, type Inflate } from 'node:zlib';

export class FlashInflater {
  readonly #inflate: Inflate = createInflate();
  #inflated: Uint8Array = new Uint8Array(0);
  #failed = false;

  constructor() {
    this.#inflate.on('data', (chunk: Uint8Array) => {
      this.#inflated = Buffer.concat([this.#inflated, chunk]);
    });
    this.#inflate.on('error', () => {
      this.#failed = true;
    });
  }

  /** Whether the stream turned out to be damaged. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Bytes that `take` can give. */
  get availableBytes(): number {
    return this.#inflated.length;
  }

  /** @returns up to `maxBytes` of what has been inflated and not taken */
  take(maxBytes: number): Uint8Array {
    const bytes = this.#inflated.subarray(0, maxBytes);
    this.#inflated = this.#inflated.subarray(bytes.length);
    return bytes;
  }

  /** Resolves when all that the block yields has been inflated, or its data is damaged. */
  feed(block: Uint8Array): Promise<void> {
    if (this.#inflate.destroyed) {
      this.#failed = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#inflate.once('close', resolve);
      this.#inflate.write(block, () => {
        this.#inflate.off('close', resolve);
        resolve();
      });
    });
  }

  close(): void {
    this.#inflate.destroy();
  }
}
