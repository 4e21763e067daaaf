// Programs uploaded to RAM: what was loaded where, and whether an entry point lies in it.

import type { AddressSpace } from './registers.js';

/** MEM_BEGIN, MEM_DATA and MEM_END, the same in ROM and stub but for their error codes. */
export class RamLoading {
  readonly #space: AddressSpace;
  readonly #loaded: { start: number; end: number }[] = [];
  #next: number | undefined;
  #remainingBytes = 0;

  constructor(space: AddressSpace) {
    this.#space = space;
  }

  begin(sizeBytes: number, address: number): void {
    this.#next = address;
    this.#remainingBytes = sizeBytes;
  }

  /** @returns whether a block was expected and fitted */
  write(bytes: Uint8Array): 'ok' | 'not-begun' | 'too-much' {
    if (this.#next === undefined) return 'not-begun';
    if (bytes.length > this.#remainingBytes) return 'too-much';
    this.#space.load(this.#next, bytes);
    this.#loaded.push({ start: this.#next, end: this.#next + bytes.length });
    this.#next += bytes.length;
    this.#remainingBytes -= bytes.length;
    return 'ok';
  }

  /** @returns whether all that was announced has come */
  end(): boolean {
    const complete = this.#remainingBytes === 0;
    this.#next = undefined;
    this.#remainingBytes = 0;
    return complete;
  }

  /** The chip's code is not executed; any uploaded program acts as the stub. */
  holdsProgramAt(entry: number): boolean {
    return this.#loaded.some(({ start, end }) => entry >= start && entry < end);
  }
}
