import { afterEach, describe, expect, test, vi } from 'vitest';
import { OutputRing } from '../../../../src/virtual-board/interpreter/output-ring.js';
import { seededBytes, seededRandom } from '../../../support/random.js';

/** Two ends of one ring, as the two threads have them. */
function ends(): [OutputRing, OutputRing] {
  const buffer = new SharedArrayBuffer(8 + OutputRing.SIZE);
  return [new OutputRing(buffer, 8), new OutputRing(buffer, 8)];
}

afterEach(() => vi.restoreAllMocks());

/** Runs an act before the given one of the calls of Atomics that follow. @returns whether it came to that */
function duringAtomics(index: number, act: () => void): () => boolean {
  let left = index;
  const beforehand = () => {
    if (left-- === 0) act();
  };
  const { load, store } = Atomics;
  vi.spyOn(Atomics, 'load').mockImplementation(((words: Int32Array, at: number) => {
    beforehand();
    return load(words, at);
  }) as typeof Atomics.load);
  vi.spyOn(Atomics, 'store').mockImplementation(((words: Int32Array, at: number, value: number) => {
    beforehand();
    return store(words, at, value);
  }) as typeof Atomics.store);
  return () => left < 0;
}

describe('output on its way to the main thread', () => {
  test('arrives whole and in order, in pieces of any size', () => {
    const random = seededRandom(30);
    const sent = seededBytes(31, 50_000);
    const [worker, main] = ends();
    const received: Uint8Array[] = [];
    for (let at = 0; at < sent.length; ) {
      const bytes = sent.subarray(at, at + random(OutputRing.BYTES - worker.length + 1));
      worker.put(bytes);
      at += bytes.length;
      expect(main.length).toBe(worker.length);
      if (random(2) === 0) received.push(main.take());
    }
    received.push(main.take());
    expect(main.length).toBe(0);
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });

  test('is announced once, until it is taken', () => {
    const [worker, main] = ends();
    expect(worker.put(Buffer.from('4'))).toBe(true);
    expect(worker.put(Buffer.from('2'))).toBe(false);
    expect(worker.put(Buffer.from('\r\n'))).toBe(false);
    expect(Buffer.from(main.take()).toString()).toBe('42\r\n');
    expect(worker.put(Buffer.from('>>> '))).toBe(true);
    expect(Buffer.from(main.take()).toString()).toBe('>>> ');
    expect(main.take()).toHaveLength(0);
  });

  test('is not lost when it comes while earlier is taken', () => {
    const taken: string[] = [];
    for (let index = 0, happened = true; happened; index++) {
      const [worker, main] = ends();
      worker.put(Buffer.from('earlier '));
      let isAnnounced = false;
      const hasHappened = duringAtomics(index, () => {
        isAnnounced = worker.put(Buffer.from('later'));
      });
      const pieces = [main.take()];
      happened = hasHappened();
      vi.restoreAllMocks();
      if (isAnnounced) pieces.push(main.take());
      taken.push(Buffer.concat(pieces).toString());
    }
    expect(taken.length).toBeGreaterThan(4);
    expect(taken.slice(0, -1)).toEqual(Array(taken.length - 1).fill('earlier later'));
    expect(taken.at(-1)).toBe('earlier ');
  });

  test('fills it', () => {
    const [worker, main] = ends();
    const whole = seededBytes(32, OutputRing.BYTES);
    worker.put(Buffer.from('x'));
    main.take();
    worker.put(whole);
    expect(main.length).toBe(OutputRing.BYTES);
    expect(Buffer.from(main.take()).equals(whole)).toBe(true);
  });
});
