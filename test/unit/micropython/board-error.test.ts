import { expect, test } from 'vitest';
import { boardError } from '../../../src/micropython/board-error.js';

const traceback = (last: string, file = '<stdin>') =>
  `Traceback (most recent call last):\r\n  File "${file}", line 1, in <module>\r\n${last}\r\n`;

test.each([
  ['MemoryError', 'board-no-memory', ''],
  [
    'MemoryError: memory allocation failed, allocating 1024 bytes',
    'board-no-memory',
    ' 1024 contiguous bytes were not free.',
  ],
  ['OSError: 28', 'board-no-space', ''],
  ['OSError: [Errno 28] ENOSPC', 'board-no-space', ''],
  ['OSError: (28, "ENOSPC")', 'board-no-space', ''],
  ['OSError: [Errno 19] ENODEV', 'board-no-filesystem', ''],
  ['OSError: [Errno 5] EIO', 'board-no-filesystem', ''],
  ['OSError: 84', 'board-no-filesystem', ''],
  ['OSError: [Errno 2] ENOENT', 'board-error', ''],
  ['ValueError: 28', 'board-error', ''],
  ["ImportError: no module named 'mine'", 'board-import-error', ''],
  ["ImportError: no module named 'deflate'", 'board-import-error', ' MicroPython has deflate since 1.21.'],
])('%s is %s', (last, code, hint) => {
  expect(boardError(traceback(last))).toMatchObject({ code, message: `The board reports ${last}.${hint}` });
});

test('an exception without a message is reported without its colon', () => {
  const message = 'The board reports MemoryError.';
  expect(boardError(traceback('MemoryError: '))).toMatchObject({ code: 'board-no-memory', message });
});

test("an error in the user's boot.py is reported as board-boot-error, in any module", () => {
  const text = traceback('NameError: x', 'boot.py').replace(
    'NameError',
    '  File "mine.py", line 3\r\nNameError',
  );
  expect(boardError(text)).toMatchObject({ code: 'board-boot-error' });
});

test('a lack of memory in boot.py is a lack of memory', () => {
  expect(boardError(traceback('MemoryError:', 'boot.py'))).toMatchObject({ code: 'board-no-memory' });
});
