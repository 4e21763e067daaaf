// Time as the virtual board sees it, so that tests can count it instead of waiting for it.

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
