import { expect, test } from 'vitest';
import { portError } from '../../../../src/port/port-errors.js';
import { processGone, reportedError } from '../../../../src/virtual-board/process/board-errors.js';

test.each([
  ['ENOSPC: no space left on device, write', 'the disk is full'],
  ["EROFS: read-only file system, open 'flash.bin'", 'the disk is read-only'],
  ["EACCES: permission denied, open '/state/virtual/x/lock.7'", 'permission denied: /state/virtual/x/lock.7'],
  ["EPERM: operation not permitted, link '/state/a' -> '/state/lock'", 'permission denied: /state/lock'],
])('%s is a fault of the disk, not of the board or the user', (text, words) => {
  const error = portError('virtual:x', reportedError('x', { message: text }), true);
  expect(error.code).toBe('port-failed');
  expect(error.message).toBe(`virtual:x cannot use its files: ${words}.`);
  expect(error.next).not.toMatch(/usermod|--baud/);
});

test('a process that a full disk has ended is no cable that was unplugged', () => {
  const lastWords = [
    'node:fs:930',
    '    throw error;',
    '',
    'Error: ENOSPC: no space left on device, write',
    '    at writeSync (node:fs:930:3) {',
    '  errno: -28,',
    '',
  ].join('\n');
  const error = portError('virtual:x', processGone('x', 'exit status 1', lastWords), true);
  expect(error.code).toBe('port-failed');
  expect(error.message).toBe('virtual:x cannot use its files: the disk is full.');
});

test('one that ended for another reason is as gone as a board without a cable', () => {
  const error = portError('virtual:x', processGone('x', 'SIGKILL', 'Error: ENOSPCX\n'), true);
  expect(error.code).toBe('port-lost');
});
