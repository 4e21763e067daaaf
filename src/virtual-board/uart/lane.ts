// One direction of a serial line: bytes wait their turn, take ten bit times each, and arrive.

import type { Clock } from '../clock.js';
import { BitSampler, ratesMatch } from './bit-sampler.js';

const BITS_PER_BYTE = 10;
/** Bytes are handed over in batches of about this length: as fine as timers go. */
const BATCH_MS = 1;

interface LaneOptions {
  readonly clock: Clock;
  /** Whether bytes take the time that they take on a wire. */
  readonly paced: boolean;
  readonly senderRate: () => number;
  readonly receiverRate: () => number;
  /** Called with the received bytes. */
  readonly deliver: (bytes: Uint8Array) => void;
}

interface Waiter {
  readonly pendingBytes: number;
  readonly resolve: () => void;
}

/** Bytes on their way, in order; between them, things to do once all before has left. */
export class UartLane {
  readonly #options: LaneOptions;
  readonly #sampler = new BitSampler();
  readonly #queue: (Uint8Array | (() => void))[] = [];
  #waiters: Waiter[] = [];
  #pendingBytes = 0;
  /** Start of the stretch at one rate, and how many of its bytes have left: no batch's lateness adds up. */
  #stretchStartMs = 0;
  #stretchBytes = 0;
  #running = false;
  #cancelTimer: () => void = () => {};

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Bytes that have not left the sender. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Queues a copy of the bytes. */
  send(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#queue.push(bytes.slice());
    this.#pendingBytes += bytes.length;
    this.#start();
  }

  /** Runs `action` when all that was sent before has left. */
  sendThen(action: () => void): void {
    this.#queue.push(action);
    this.#start();
  }

  /** Resolves when no more than `pendingBytes` wait; also when they are discarded. */
  whenPending(pendingBytes: number): Promise<void> {
    if (this.#queue.length === 0 || (pendingBytes > 0 && this.#pendingBytes <= pendingBytes)) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiters.push({ pendingBytes, resolve });
    });
  }

  /** To be called when the sender's rate changes while bytes wait: the rest goes at the new one. */
  rateChanged(): void {
    this.#stretchStartMs = this.#options.clock.nowMs();
    this.#stretchBytes = 0;
  }

  /** Forgets what has not left, as when the sender loses power. Actions are forgotten too. */
  discard(): void {
    this.#queue.length = 0;
    this.#pendingBytes = 0;
    this.#cancelTimer();
    this.#running = false;
    this.#wakeWaiters();
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    this.rateChanged();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#options.paced) {
      this.#cancelTimer = this.#options.clock.setTimer(() => this.#advance(), BATCH_MS);
      return;
    }
    let cancelled = false;
    this.#cancelTimer = () => {
      cancelled = true;
    };
    queueMicrotask(() => {
      if (!cancelled) this.#advance();
    });
  }

  #advance(): void {
    while (this.#running) {
      const next = this.#queue[0];
      if (next === undefined) break;
      if (typeof next === 'function') {
        this.#queue.shift();
        this.#stretchStartMs += this.#stretchBytes * this.#byteMs();
        this.#stretchBytes = 0;
        next();
        continue;
      }
      const count = Math.min(next.length, this.#dueBytes());
      if (count === 0) break;
      if (count === next.length) this.#queue.shift();
      else this.#queue[0] = next.subarray(count);
      this.#pendingBytes -= count;
      this.#stretchBytes += count;
      this.#arrive(next.subarray(0, count));
    }
    if (!this.#running) return;
    this.#wakeWaiters();
    if (this.#queue.length > 0) {
      this.#schedule();
      return;
    }
    this.#running = false;
    const { senderRate, receiverRate, deliver } = this.#options;
    const late = this.#sampler.idle(senderRate() / receiverRate());
    if (late.length > 0) deliver(late);
  }

  #byteMs(): number {
    return this.#options.paced ? (BITS_PER_BYTE * 1000) / this.#options.senderRate() : 0;
  }

  #dueBytes(): number {
    if (!this.#options.paced) return Number.POSITIVE_INFINITY;
    const elapsedMs = this.#options.clock.nowMs() - this.#stretchStartMs;
    // A whole byte time divides to just under a whole number in floating point.
    return Math.max(0, Math.floor(elapsedMs / this.#byteMs() + 1e-6) - this.#stretchBytes);
  }

  #arrive(bytes: Uint8Array): void {
    const { senderRate, receiverRate, deliver } = this.#options;
    const received = ratesMatch(senderRate(), receiverRate())
      ? bytes
      : this.#sampler.push(bytes, senderRate() / receiverRate());
    if (received.length > 0) deliver(received);
  }

  #wakeWaiters(): void {
    const empty = this.#queue.length === 0;
    const ready = this.#waiters.filter(
      (waiter) => empty || (waiter.pendingBytes > 0 && this.#pendingBytes <= waiter.pendingBytes),
    );
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve();
  }
}
