import { expect, test } from 'vitest';
import { boardError } from '../../../src/device/board-error.js';

const traceback = (last: string) =>
  `Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\n${last}\r\n`;

test.each([
  ['MemoryError:', 'board-no-memory'],
  ['MemoryError: memory allocation failed, allocating 1024 bytes', 'board-no-memory'],
  ['OSError: 28', 'board-no-space'],
  ['OSError: [Errno 28] ENOSPC', 'board-no-space'],
  ['OSError: [Errno 19] ENODEV', 'board-no-filesystem'],
  ['OSError: [Errno 2] ENOENT', 'board-error'],
  ['ValueError: 28', 'board-error'],
])('%s is %s', (last, code) => {
  expect(boardError(traceback(last))).toMatchObject({ code, message: `The board reports ${last}.` });
});
