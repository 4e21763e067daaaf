// Output of the board, from the worker to the line: at the speed of the line, and never far ahead of it.

import { OutputRing } from '../output-ring.js';
import type { SharedMemory } from '../shared-memory.js';
import type { ToHost } from '../worker-messages.js';
import type { Keyboard } from './keyboard.js';

/** Above this, the program waits, so that Ctrl-C takes effect before megabytes of old output are sent. */
const MAX_UNDER_WAY_BYTES = OutputRing.BYTES / 2;
/** Size of an ESP8266's transmit FIFO: `print` returns when all but this much has left. */
const FIFO_BYTES = 128;
const BITS_PER_BYTE = 10;

export class UartOutput {
  readonly #memory: SharedMemory;
  readonly #post: (message: ToHost) => void;
  readonly #isPaced: boolean;
  #baudRate: number;
  #lineIsFreeAtMs = 0;

  /** @param line its rate, and whether bytes take their time on it */
  constructor(
    memory: SharedMemory,
    post: (message: ToHost) => void,
    line: { readonly baudRate: number; readonly isPaced: boolean },
  ) {
    this.#memory = memory;
    this.#post = post;
    this.#baudRate = line.baudRate;
    this.#isPaced = line.isPaced;
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  /** What was written before has left, is lost, or goes at this rate, as the chip has it. */
  set baudRate(baudRate: number) {
    this.#baudRate = baudRate;
    this.#lineIsFreeAtMs = performance.now();
  }

  get #bytesPerSecond(): number {
    return this.#isPaced ? this.#baudRate / BITS_PER_BYTE : Number.POSITIVE_INFINITY;
  }

  /** Sends bytes, blocking as long as the line is busy with earlier ones. */
  write(bytes: Uint8Array, keyboard: Keyboard): void {
    if (bytes.length === 0) return;
    for (let at = 0; at < bytes.length; at += MAX_UNDER_WAY_BYTES)
      this.#send(bytes.subarray(at, at + MAX_UNDER_WAY_BYTES));
    keyboard.scheduleInterrupt();
  }

  #send(bytes: Uint8Array): void {
    if (this.#memory.output.put(bytes)) this.#post({ kind: 'output' });
    const nowMs = performance.now();
    this.#lineIsFreeAtMs =
      Math.max(nowMs, this.#lineIsFreeAtMs) + (bytes.length * 1000) / this.#bytesPerSecond;
    const freeMs = this.#lineIsFreeAtMs - (FIFO_BYTES * 1000) / this.#bytesPerSecond;
    this.#waitUntil(() => performance.now() >= freeMs, freeMs);
    this.#waitUntil(() => this.#memory.output.length <= MAX_UNDER_WAY_BYTES, Number.POSITIVE_INFINITY);
  }

  /** Waits until the line has all that was written: before that none of it can leave, however long a program waits. */
  handOver(): void {
    this.#waitUntil(() => this.#memory.output.length === 0, Number.POSITIVE_INFINITY);
  }

  #waitUntil(done: () => boolean, untilMs: number): void {
    for (;;) {
      const ringCount = this.#memory.ringCount;
      if (done()) return;
      this.#memory.waitForRing(ringCount, Math.max(0, untilMs - performance.now()));
    }
  }
}
