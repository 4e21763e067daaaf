import { describe, expect, test } from 'vitest';
import { checkedProgram, programError } from '../../../../src/operations/dev/program.js';

describe('checkedProgram', () => {
  test('drops a byte order mark, which MicroPython cannot compile', () => {
    expect(Buffer.from(checkedProgram(Buffer.from('\ufeffx = 1\n'), 'a.py')).toString()).toBe('x = 1\n');
  });
});

describe('programError', () => {
  const traceback = (...lines: string[]) => `Traceback (most recent call last):\r\n${lines.join('\r\n')}\r\n`;

  test('names the line of the program, also where a module on the board failed', () => {
    const error = programError(
      traceback(
        '  File "<stdin>", line 7, in <module>',
        '  File "lib/x.py", line 2, in f',
        'ValueError: bad',
      ),
      'app/a.py',
    );
    expect(error.boardOutput).toContain('File "app/a.py", line 7');
    expect(error.next).toBe('Correct app/a.py:7, and run it again.');
  });

  test('a MemoryError without frames is a program that is too large', () => {
    const text = traceback('MemoryError: memory allocation failed, allocating 9000 bytes');
    expect(programError(text, 'big.py')).toMatchObject({
      code: 'board-no-memory',
      message: expect.stringContaining('big.py is too large to be compiled'),
    });
  });
});
