// Notices a program that does not take its Ctrl-C: a loop that neither prints nor sleeps nor asks for anything.
// A chip interrupts it between two bytecodes; this interpreter has no hook there, and can only be ended.

import { type Clock, SYSTEM_CLOCK } from '../../clock.js';
import { NO_INTERRUPT_CHAR, type SharedMemory } from '../shared-memory.js';

/** Longer than any single step of a program that would take it. */
const DEAF_AFTER_MS = 500;

export class UninterruptibleProgramWatch {
  readonly #memory: SharedMemory;
  readonly #onDeaf: () => Promise<void>;
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;

  /** @param onDeaf ends the program; it is not asked again before that is done, which may take long on a busy computer */
  constructor(memory: SharedMemory, onDeaf: () => Promise<void>, clock: Clock = SYSTEM_CLOCK) {
    this.#memory = memory;
    this.#onDeaf = onDeaf;
    this.#clock = clock;
  }

  /** To be called when bytes came in. */
  check(): void {
    if (!this.#isInterrupting || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.setTimer(() => {
      void this.#end();
    }, DEAF_AFTER_MS);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #end(): Promise<void> {
    if (this.#isInterrupting) await this.#onDeaf();
    this.#cancel = undefined;
  }

  /** Ctrl-C waits for a program that lets itself be interrupted. */
  get #isInterrupting(): boolean {
    return this.#memory.isInterruptPending && this.#memory.interruptChar !== NO_INTERRUPT_CHAR;
  }
}
