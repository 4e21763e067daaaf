// Lets boards start one after the other, and not more than so many at once: radios that start together brown out a hub.

import { delay } from '../../delay.js';

export class StartGate {
  readonly #jobs: number;
  readonly #staggerMs: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** When the next board may start. */
  #nextAt = 0;

  constructor({ jobs, staggerMs }: { jobs: number; staggerMs: number }) {
    this.#jobs = jobs;
    this.#staggerMs = staggerMs;
  }

  /** @throws the signal's reason */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#jobs) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      const now = performance.now();
      const startAt = Math.max(now, this.#nextAt);
      this.#nextAt = startAt + this.#staggerMs;
      if (startAt > now) await delay(startAt - now, signal);
      signal.throwIfAborted();
      return await work();
    } finally {
      const next = this.#waiting.shift(); // it gets this one's place
      if (next) next();
      else this.#running--;
    }
  }
}
