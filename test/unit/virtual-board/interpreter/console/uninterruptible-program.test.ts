import { expect, test } from 'vitest';
import { UninterruptibleProgramWatch } from '../../../../../src/virtual-board/interpreter/console/uninterruptible-program.js';
import { SharedMemory } from '../../../../../src/virtual-board/interpreter/shared-memory.js';
import { ManualClock } from '../../../../support/manual-clock.js';

test('a program is ended once, however long its end takes and whatever comes meanwhile', async () => {
  const memory = new SharedMemory();
  const clock = new ManualClock();
  const ends: (() => void)[] = [];
  const watch = new UninterruptibleProgramWatch(
    memory,
    () => new Promise((resolve) => ends.push(resolve)),
    clock,
  );
  memory.interruptChar = 3;
  memory.raiseInterrupt(0);
  watch.check();
  await clock.advance(600);
  expect(ends.length).toBe(1);
  watch.check();
  await clock.advance(600);
  expect(ends.length).toBe(1);
  ends[0]?.();
  await clock.advance(0);
  watch.check();
  await clock.advance(600);
  expect(ends.length).toBe(2);
});
