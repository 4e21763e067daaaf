// How far a stage is, how fast, and how long it will still take: worked out in one place for all who move bytes.

import type { BytesEvent, Step } from '../progress.js';

interface Progress {
  readonly step: Step;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Since the stage began. */
  readonly elapsedMs: number;
  /** Of `doneBytes`, those that an earlier run had done: they say nothing about the speed. */
  readonly earlierBytes?: number;
}

export function bytesEvent({
  step,
  doneBytes,
  totalBytes,
  elapsedMs,
  earlierBytes = 0,
}: Progress): BytesEvent {
  const bytesPerSecond = (1000 * (doneBytes - earlierBytes)) / Math.max(elapsedMs, 1);
  const leftBytes = totalBytes - doneBytes;
  const isKnown = leftBytes === 0 || bytesPerSecond > 0;
  return {
    event: 'bytes',
    step,
    doneBytes,
    totalBytes,
    bytesPerSecond: Math.round(bytesPerSecond),
    secondsLeft: isKnown ? Math.ceil(leftBytes / Math.max(bytesPerSecond, 1)) : undefined,
  };
}
