// Detects a program that cannot be interrupted by Ctrl-C: a loop that neither prints nor sleeps nor calls the host.
// A chip interrupts it between two bytecodes; this interpreter has no hook there, and can only be ended.

import { type Clock, SYSTEM_CLOCK } from '../../clock.js';
import { NO_INTERRUPT_CHAR, type SharedMemory } from '../shared-memory.js';

/** Longer than any single step of a program that would take it. */
const UNINTERRUPTIBLE_AFTER_MS = 500;

export class UninterruptibleProgramWatch {
  readonly #memory: SharedMemory;
  readonly #onUninterruptible: () => Promise<void>;
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;

  /** @param onUninterruptible ends the program; not called again before that is done */
  constructor(memory: SharedMemory, onUninterruptible: () => Promise<void>, clock: Clock = SYSTEM_CLOCK) {
    this.#memory = memory;
    this.#onUninterruptible = onUninterruptible;
    this.#clock = clock;
  }

  /** To be called when bytes came in. */
  check(): void {
    if (!this.#isInterrupting || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.setTimer(() => {
      void this.#end();
    }, UNINTERRUPTIBLE_AFTER_MS);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #end(): Promise<void> {
    if (this.#isInterrupting) await this.#onUninterruptible();
    this.#cancel = undefined;
  }

  /** Ctrl-C waits for a program that lets itself be interrupted. */
  get #isInterrupting(): boolean {
    return this.#memory.isInterruptPending && this.#memory.interruptChar !== NO_INTERRUPT_CHAR;
  }
}
