import { expect, test } from 'vitest';
import { bytesEvent } from '../../src/progress.js';

const STAGE = { step: 'write', totalBytes: 100_000 } as const;

test.each([
  ['in the middle', { doneBytes: 25_000, elapsedMs: 2000 }, 12_500, 6],
  ['at the end', { doneBytes: 100_000, elapsedMs: 4000 }, 25_000, 0],
  [
    'gone on with, what was there before does not count',
    { doneBytes: 60_000, earlierBytes: 50_000, elapsedMs: 1000 },
    10_000,
    4,
  ],
  ['before the first byte, no time is predicted', { doneBytes: 0, elapsedMs: 500 }, 0, undefined],
  [
    'of unknown size, as a server that compresses sends it',
    { doneBytes: 50_000, totalBytes: undefined, elapsedMs: 1000 },
    50_000,
    undefined,
  ],
  ['that was there already', { doneBytes: 100_000, earlierBytes: 100_000, elapsedMs: 0 }, 0, 0],
])('a stage %s', (_where, progress, bytesPerSecond, secondsLeft) => {
  const { doneBytes } = progress;
  expect(bytesEvent({ ...STAGE, ...progress })).toEqual({
    event: 'bytes',
    ...STAGE,
    ...('totalBytes' in progress && { totalBytes: progress.totalBytes }),
    doneBytes,
    bytesPerSecond,
    secondsLeft,
  });
});
