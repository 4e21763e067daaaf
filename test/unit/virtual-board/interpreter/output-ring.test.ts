import { describe, expect, test } from 'vitest';
import { OutputRing } from '../../../../src/virtual-board/interpreter/output-ring.js';
import { seededBytes, seededRandom } from '../../../support/random.js';

/** Two ends of one ring, as the two threads have them. */
function ends(): [OutputRing, OutputRing] {
  const buffer = new SharedArrayBuffer(8 + OutputRing.SIZE);
  return [new OutputRing(buffer, 8), new OutputRing(buffer, 8)];
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
