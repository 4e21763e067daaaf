// Takes the board's power away at a certain change of its files. Runs in the worker, which never comes back from it.

import type { CallHost } from '../host-functions/call-host.js';

/** Counts changes over all soft resets: one for the worker. */
export class PowerCut {
  readonly #call: CallHost;
  #left: number;

  /** @param atChange number of the change that does not take place any more, from 1; undefined: none */
  constructor(call: CallHost, atChange: number | undefined) {
    this.#call = call;
    this.#left = atChange ?? Number.POSITIVE_INFINITY;
  }

  /** Call before each change. */
  beforeChange(): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    this.#call('losePower');
    const never = new Int32Array(new SharedArrayBuffer(4));
    for (;;) Atomics.wait(never, 0, 0);
  }
}
