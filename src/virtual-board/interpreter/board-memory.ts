// Bytes in and out of the interpreter's memory, at addresses that Python's `uctypes.addressof` gave.

import type { MicroPython } from '@micropython/micropython-webassembly-pyscript';

export class BoardMemory {
  readonly #module: MicroPython['_module'];

  constructor(python: MicroPython) {
    this.#module = python._module;
  }

  // Byte by byte: the port exports no view of its memory, and the one there is moves when the heap grows.
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) bytes[i] = this.#module.getValue(address + i, 'i8');
    return bytes;
  }

  write(address: number, bytes: Uint8Array): void {
    bytes.forEach((byte, i) => {
      this.#module.setValue(address + i, byte, 'i8');
    });
  }
}
