// The receive interrupt of the virtual chip's UART, on the main thread: it runs whatever the interpreter is doing.

import type { SharedMemory } from './shared-memory.js';

/**
 * Puts bytes into the ring as `uart0_rx_intr_handler` does: the interrupt character is acted on when it arrives and
 * never enters the ring. What does not fit waits here, in order; a chip would drop it.
 */
export class UartInput {
  readonly #memory: SharedMemory;
  #waiting: number[] = [];

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === this.#memory.interruptChar) {
        this.#memory.raiseInterrupt(this.#memory.pushed + this.#waiting.length);
      } else {
        // The one place where "drop what overruns" would go instead.
        this.#waiting.push(byte);
      }
    }
    this.feed();
  }

  /** Moves what waited into the ring, as far as there is space; to be called again when the worker made some. */
  feed(): void {
    this.#move();
    if (this.#waiting.length > 0) {
      this.#memory.askForSpace();
      // The worker may have emptied the ring just before it was asked, and would never tell.
      this.#move();
    }
    this.#memory.ring();
  }

  #move(): void {
    const full = this.#waiting.findIndex((byte) => !this.#memory.push(byte));
    this.#waiting = full < 0 ? [] : this.#waiting.slice(full);
  }
}
