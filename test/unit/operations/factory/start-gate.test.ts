import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StartGate } from '../../../../src/operations/factory/start-gate.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Starts so many works of a length, and notes when each begins. */
function start(gate: StartGate, count: number, durationMs: number, signal = new AbortController().signal) {
  const beganMs: number[] = [];
  const works = Array.from({ length: count }, () =>
    gate.run(signal, async () => {
      beganMs.push(performance.now());
      await new Promise((resolve) => setTimeout(resolve, durationMs));
    }),
  );
  return { beganMs, works };
}

test('starts boards one second after the other, however many', async () => {
  const beganAtMs = performance.now();
  const gate = new StartGate({ jobs: Number.POSITIVE_INFINITY, staggerMs: 1000 });
  const { beganMs, works } = start(gate, 4, 10);
  await vi.advanceTimersByTimeAsync(10_000);
  await Promise.all(works);
  expect(beganMs.map((time) => Math.round(time - beganAtMs))).toEqual([0, 1000, 2000, 3000]);
});

test('has no more boards in work than jobs', async () => {
  const beganAtMs = performance.now();
  const gate = new StartGate({ jobs: 2, staggerMs: 0 });
  const { beganMs, works } = start(gate, 5, 1000);
  await vi.advanceTimersByTimeAsync(10_000);
  await Promise.all(works);
  expect(beganMs.map((time) => Math.round(time - beganAtMs))).toEqual([0, 0, 1000, 1000, 2000]);
});

test('an abort ends those that wait, and leaves the gate open for others', async () => {
  const gate = new StartGate({ jobs: 1, staggerMs: 1000 });
  const abort = new AbortController();
  const { beganMs, works } = start(gate, 3, 10, abort.signal);
  const ends = Promise.allSettled(works);
  await vi.advanceTimersByTimeAsync(500);
  abort.abort(new Error('over'));
  expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(beganMs).toHaveLength(1);
  const others = start(gate, 1, 10);
  await vi.advanceTimersByTimeAsync(10_000);
  await Promise.all(others.works);
  expect(others.beganMs).toHaveLength(1);
});
