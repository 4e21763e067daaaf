// The receive interrupt of the virtual chip's UART where time does not count: nothing is lost. Runs on the main
// thread, whatever the interpreter is doing.

import type { SharedMemory } from '../shared-memory.js';

/**
 * Puts bytes into the ring as `uart0_rx_intr_handler` does: the interrupt character is acted on when it arrives and
 * never enters the ring. What does not fit waits here, in order; LossyUartInput drops it, as a chip does. So does what
 * comes while the interpreter starts, which takes a board no time here.
 */
export class UartInput {
  readonly #memory: SharedMemory;
  #early: Uint8Array[] = [];
  #waiting: number[] = [];

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  setBaudRate(_baudRate: number): void {}

  receive(bytes: Uint8Array): void {
    this.#early.push(bytes);
    this.feed();
  }

  /**
   * Moves what waited into the ring, as far as there is space; to be called again when the worker made some, or begins
   * to listen.
   */
  feed(): void {
    if (!this.#memory.listens) return;
    for (const bytes of this.#early.splice(0)) this.#arrive(bytes);
    this.#move();
    if (this.#waiting.length > 0) {
      this.#memory.requestSpace();
      // The worker may have emptied the ring just before the request, and would then never signal.
      this.#move();
    }
    this.#memory.ring();
  }

  stop(): void {}

  #arrive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === this.#memory.interruptChar) {
        this.#memory.raiseInterrupt(this.#memory.pushed + this.#waiting.length);
      } else {
        this.#waiting.push(byte);
      }
    }
  }

  #move(): void {
    const full = this.#waiting.findIndex((byte) => !this.#memory.push(byte));
    this.#waiting = full < 0 ? [] : this.#waiting.slice(full);
  }
}
