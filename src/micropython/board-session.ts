// A board in its raw REPL, across its restarts, and the state that an abort would leave on it. Independent of the operation.

import { withBoardState } from '../errors.js';
import type { Port } from '../port/port.js';
import { RawRepl } from './raw-repl.js';

interface SessionOptions {
  readonly signal?: AbortSignal | undefined;
  /** State of the board if the session ends early, as a sentence. */
  readonly leaves: string;
}

export class BoardSession {
  /** Sets the state of the board if the session ends early from now on. */
  leaves: string;
  readonly #port: Port;
  readonly #signal: AbortSignal | undefined;
  #repl: RawRepl | undefined;

  constructor(port: Port, { signal, leaves }: SessionOptions) {
    this.#port = port;
    this.#signal = signal;
    this.leaves = leaves;
  }

  /** For messages. */
  get portName(): string {
    return this.#port.name;
  }

  /** The REPL that the board is in. */
  get repl(): RawRepl {
    if (!this.#repl) throw new Error('the board has not been entered');
    return this.#repl;
  }

  /** Whether there is a board to give back. */
  get isEntered(): boolean {
    return this.#repl !== undefined && !this.#repl.isOver;
  }

  /**
   * Enters the board, also one that has just restarted.
   * @throws as RawRepl.enter
   */
  async enter(): Promise<RawRepl> {
    this.#repl = undefined;
    this.#repl = await RawRepl.enter(this.#port, this.#signal);
    return this.#repl;
  }

  /**
   * Ends what a program has left running: timers that print, sockets, memory.
   * @returns false when no program ran, so that everything is as it was
   * @throws as RawRepl.enter
   */
  async stopProgram(): Promise<boolean> {
    if (this.repl.wasIdle) return false;
    try {
      await this.repl.softReset();
    } catch {
      this.#signal?.throwIfAborted();
      await this.enter(); // boot.py waits for something
    }
    return true;
  }

  /**
   * Restarts the board and enters it before main.py runs, which may have started a watchdog.
   * @throws as RawRepl.enter
   */
  async enterThroughReset(): Promise<RawRepl> {
    this.#repl = await this.repl.reenterThroughReset();
    return this.#repl;
  }

  /** Adds the state of the board to an error. */
  withState(error: unknown): unknown {
    return withBoardState(error, this.leaves);
  }
}
