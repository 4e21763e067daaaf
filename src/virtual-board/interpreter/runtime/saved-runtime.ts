// An interpreter's memory at some moment, to which it can return: a tenth of the time of a new one, and none of the
// garbage.

import type { MicroPython } from '@micropython/micropython-webassembly-pyscript';
import type { LoadedRuntime } from './load-runtime.js';

/** Between what is allocated. */
const MORE_THAN_ANY_GAP_BYTES = 512 * 1024;

export class SavedRuntime {
  readonly #runtime: LoadedRuntime;
  readonly #memory: Uint8Array;
  readonly #wholeBytes: number;

  /** As it is now, while it runs no program. */
  constructor(runtime: LoadedRuntime) {
    const { buffer } = runtime.memory;
    this.#runtime = runtime;
    this.#wholeBytes = buffer.byteLength;
    this.#memory = new Uint8Array(buffer).slice(0, usedBytes(runtime.python));
  }

  /** Not when its memory has grown. */
  get canReturn(): boolean {
    return this.#runtime.memory.buffer.byteLength === this.#wholeBytes;
  }

  /** Makes it the one that runs in this thread, as it was. Its files stay as they are: those are JavaScript's. */
  return(): void {
    this.#runtime.select();
    new Uint8Array(this.#runtime.memory.buffer).set(this.#memory);
  }
}

/** All memory from here on is free. */
function usedBytes({ _module }: MicroPython): number {
  const above = _module._malloc(MORE_THAN_ANY_GAP_BYTES);
  _module._free(above);
  return above;
}
