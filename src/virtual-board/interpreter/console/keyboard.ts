// Input of the UART in the worker: bytes for the prompt or the program, and Ctrl-C.

import { NO_INTERRUPT_CHAR, type ProgramOrigin, type SharedMemory } from '../shared-memory.js';

const CTRL_C = 3;

/** The two functions of the interpreter that Ctrl-C needs. */
export interface Interruptible {
  _mp_sched_keyboard_interrupt(): void;
  _mp_hal_get_interrupt_char(): number;
}

export class Keyboard {
  readonly #memory: SharedMemory;
  readonly #onSpace: () => void;
  #python: Interruptible | undefined;
  #attached = true;
  /** When the next timer of the program is due, on the clock of `performance.now`. */
  timerAtMs = Number.POSITIVE_INFINITY;
  /** Called before the thread blocks, so that all output is sent first. */
  beforeWaiting: () => void = () => {};

  /** @param onSpace signals the main thread that the ring has space again */
  constructor(memory: SharedMemory, onSpace: () => void) {
    this.#memory = memory;
    this.#onSpace = onSpace;
  }

  /** A new interpreter has the UART. */
  connect(python: Interruptible): void {
    this.#python = python;
    this.#attached = true;
    this.timerAtMs = Number.POSITIVE_INFINITY;
  }

  /** False once `os.dupterm(None, 1)` took the REPL off the UART: input is ignored from then on. */
  set attached(attached: boolean) {
    this.#attached = attached;
    if (!attached) this.promptStarts();
  }

  /**
   * From now on until `promptStarts`, Ctrl-C on the line interrupts.
   * @throws InterpreterStopped
   */
  programStarts(origin: ProgramOrigin): void {
    this.#memory.program = origin;
    if (this.#attached) this.#memory.interruptChar = CTRL_C;
    if (this.#memory.listen()) this.#onSpace();
    this.#memory.throwIfStopped(); // a program may compute without end
  }

  promptStarts(): void {
    this.#memory.interruptChar = NO_INTERRUPT_CHAR;
  }

  /** Follows `micropython.kbd_intr`. */
  setInterruptChar(byte: number): void {
    if (this.#attached) this.#memory.interruptChar = byte;
  }

  /** Ctrl-C has arrived and the running program may be interrupted. */
  takeInterrupt(): boolean {
    if (!this.#memory.isInterruptPending) return false;
    if (this.#python?._mp_hal_get_interrupt_char() === NO_INTERRUPT_CHAR) return false;
    return this.#memory.takeInterrupt();
  }

  /** For callbacks that cannot raise themselves, such as output: the interpreter raises it a little later. */
  scheduleInterrupt(): void {
    if (this.takeInterrupt()) this.#python?._mp_sched_keyboard_interrupt();
  }

  /** Blocks for as long as a program works; a Ctrl-C ends the work, and the program right after. */
  spend(ms: number): void {
    const deadline = performance.now() + ms;
    for (;;) {
      const ringCount = this.#memory.ringCount;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || this.#memory.isInterruptPending) break;
      this.#memory.waitForRing(ringCount, leftMs);
    }
    this.scheduleInterrupt();
  }

  /** A byte that is there, if any. */
  take(): number | undefined {
    const byte = this.#memory.shift();
    if (byte !== undefined && this.#memory.takeAskForSpace()) this.#onSpace();
    return byte;
  }

  get hasByte(): boolean {
    return !this.#memory.isEmpty;
  }

  /** The next byte at the prompt; a Ctrl-C that came too late for the program takes its place in the order. */
  next(): number {
    this.beforeWaiting();
    if (this.#memory.listen()) this.#onSpace();
    this.#memory.readerWaits = true;
    try {
      return this.#next();
    } finally {
      this.#memory.readerWaits = false;
    }
  }

  /** Blocks a program until there is a byte for it, or Ctrl-C, or its timer is due. */
  waitForByte(): number | 'interrupted' | 'timeout' {
    this.#memory.readerWaits = true;
    try {
      return this.waitFor(() => this.take(), this.timerAtMs - performance.now());
    } finally {
      this.#memory.readerWaits = false;
    }
  }

  #next(): number {
    for (;;) {
      const ringCount = this.#memory.ringCount;
      if (this.#memory.isInterruptPending) {
        const before = (this.#memory.interruptPosition - this.#memory.shifted) & 0x7fffffff;
        // A difference of more than half the range means that the position has been passed.
        if ((before === 0 || before > 0x3fffffff) && this.#memory.takeInterrupt()) return CTRL_C;
      }
      const byte = this.take();
      if (byte !== undefined && this.#attached) return byte;
      if (byte === undefined) this.#memory.waitForRing(ringCount, Number.POSITIVE_INFINITY);
    }
  }

  /**
   * Blocks until `ready` returns something, the time is over, or Ctrl-C.
   * @returns the result of `ready`, or the reason for none
   */
  waitFor<T>(ready: () => T | undefined, timeoutMs: number): T | 'timeout' | 'interrupted' {
    this.beforeWaiting();
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const ringCount = this.#memory.ringCount;
      if (this.takeInterrupt()) return 'interrupted';
      const result = ready();
      if (result !== undefined) return result;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return 'timeout';
      this.#memory.waitForRing(ringCount, leftMs);
    }
  }
}
