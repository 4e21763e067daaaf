// The virtual board's clock, so that tests need not wait for real time.

/** A monotonic clock with timers. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  nowMs(): number;
  /** Calls back once after `delayMs`; returns what cancels it. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** The computer's own clock. */
export const SYSTEM_CLOCK: Clock = {
  nowMs: () => performance.now(),
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
