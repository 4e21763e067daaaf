import { expect, test } from 'vitest';
import { TracebackFilter } from '../../../../../src/virtual-board/interpreter/console/traceback-filter.js';

const TRACEBACK =
  'Traceback (most recent call last):\r\n  File "main.py", line 3, in <module>\r\n' +
  '  File "/.board/time.py", line 9, in sleep\r\nKeyboardInterrupt: \r\n  File "x';
const EXPECTED =
  'Traceback (most recent call last):\r\n  File "main.py", line 3, in <module>\r\nKeyboardInterrupt: \r\n';

test.each([1, 2, 7, 1000])('frames of shims are left out, fed %i bytes at a time', (size) => {
  const filter = new TracebackFilter();
  const bytes = Buffer.from(TRACEBACK);
  let out = '';
  for (let i = 0; i < bytes.length; i += size) {
    out += Buffer.from(filter.feed(bytes.subarray(i, i + size))).toString();
  }
  expect(out + Buffer.from(filter.flush()).toString()).toBe(`${EXPECTED}  File "x`);
});

test('what was held back and let out does not start a frame later', () => {
  const filter = new TracebackFilter();
  filter.feed(Buffer.from('  '));
  expect(Buffer.from(filter.flush()).toString()).toBe('  ');
  expect(Buffer.from(filter.feed(Buffer.from('File "/.board/x\n'))).toString()).toBe('File "/.board/x\n');
});
