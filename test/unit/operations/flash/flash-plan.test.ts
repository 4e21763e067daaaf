import { expect, test } from 'vitest';
import { planFlash } from '../../../../src/operations/flash/flash-plan.js';

const ALL = ['same', 'blank', 'micropython', 'other-layout', 'other'] as const;

test.each([
  [{ erase: false, keepFiles: false }, ['nothing', 'write', 'write', 'erase-and-write', 'erase-and-write']],
  [{ erase: false, keepFiles: true }, ['nothing', 'write', 'write', 'write', 'write']],
  [{ erase: true, keepFiles: false }, ALL.map(() => 'erase-and-write')],
])('with %o what is there decides', (wishes, plans) => {
  expect(ALL.map((contents) => planFlash(contents, wishes))).toEqual(plans);
});

test('other files in the place of those that the image brings are erased with everything else', () => {
  const wishes = { erase: false, keepFiles: false, replacesFiles: true };
  expect(new Set(ALL.map((contents) => planFlash(contents, wishes)))).toEqual(new Set(['erase-and-write']));
});
