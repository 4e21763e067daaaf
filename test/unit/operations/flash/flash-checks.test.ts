// What is refused before a flash is changed.

import { expect, test } from 'vitest';
import { checkHeaderSize } from '../../../../src/operations/flash/flash-checks.js';

const MB = 1024 * 1024;

test.each([
  [8, 'too large: the flash of this board has 4194304'],
  [1, 'too small: the image needs 2097152'],
])('a flash size of %d MB is refused on a board with 4 MB, with what to do', (megabytes, problem) => {
  expect(() => checkHeaderSize(megabytes * MB, 4 * MB, { neededFlashBytes: 2 * MB })).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining(problem),
      next: 'Omit --flash-size: the size that fits the board is used then.',
    }),
  );
});

test('no flash size, and one that fits, are taken', () => {
  checkHeaderSize(undefined, 4 * MB, { neededFlashBytes: 2 * MB });
  checkHeaderSize(4 * MB, 4 * MB, { neededFlashBytes: 2 * MB });
  checkHeaderSize(4 * MB, 0, { neededFlashBytes: 2 * MB }); // the flash does not report its size
});
