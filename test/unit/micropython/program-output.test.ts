import { describe, expect, test } from 'vitest';
import { ProgramOutput } from '../../../src/micropython/program-output.js';

/** @returns what was put out, and the traceback if the program has ended */
function read(...pieces: string[]): { printed: string; traceback: string | undefined } {
  const output = new ProgramOutput();
  const printed = pieces.map((piece) => Buffer.from(output.push(Buffer.from(piece))).toString()).join('');
  return { printed, traceback: output.state === 'over' ? output.traceback : undefined };
}

/** With the 0x04 in front. */
const TRACEBACK = '\x04Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\n';

describe('a program ends', () => {
  test.each([
    ['without output', '\x04\x04>', '', ''],
    ['after output', 'a\r\n\x04\x04>', 'a\r\n', ''],
    ['with a traceback', 'a\x04Traceback\r\nValueError: é\r\n\x04>', 'a', 'Traceback\r\nValueError: é\r\n'],
    ['after 0x04 in its output', 'a\x04b\r\n\x04\x04>', 'a\x04b\r\n', ''],
    ['after the bytes of an end in its output', 'a\x04\x04>OK\x04\x04>', 'a\x04\x04>OK', ''],
    [
      'with a traceback that has 0x04',
      `a${TRACEBACK}E: \x04\r\n\x04>`,
      'a',
      `${TRACEBACK.slice(1)}E: \x04\r\n`,
    ],
    [
      'with a traceback that has an end',
      `${TRACEBACK}E: \x04>\r\n\x04>`,
      '',
      `${TRACEBACK.slice(1)}E: \x04>\r\n`,
    ],
    ['after a traceback that it printed', `${TRACEBACK}E\r\n\x04\x04>`, `${TRACEBACK}E\r\n`, ''],
    ['with a traceback after 0x04', '\x04\x04\x04x\x04E\r\n\x04>', '\x04\x04\x04x', 'E\r\n'],
    [
      'by sys.exit()',
      'a\x04\x04\r\nMPY: soft reboot\r\nfrom boot.py\r\nraw REPL; CTRL-B to exit\r\n>',
      'a',
      '',
    ],
  ])('%s, in pieces of any size', (_, text, printed, traceback) => {
    expect(read(text)).toEqual({ printed, traceback });
    expect(read(...text)).toEqual({ printed, traceback });
    for (let at = 1; at < text.length; at++)
      expect(read(text.slice(0, at), text.slice(at))).toEqual({ printed, traceback });
  });
});

test.each([
  ['\x04\x04>', false],
  ['MPY: soft reboot\r\n\x04\x04>', false],
  ['\x04\x04\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>', true],
])('%j: tells whether the end was a soft reset', (text, isSoftReset) => {
  const output = new ProgramOutput();
  output.push(Buffer.from(text));
  expect([output.state, output.isSoftReset]).toEqual(['over', isSoftReset]);
});

test('output behind 0x04 is held back no longer than a traceback can be, or until it is flushed', () => {
  const output = new ProgramOutput();
  expect(output.push(Buffer.from('a\x04b'))).toEqual(Buffer.from('a'));
  expect(output.flush()).toEqual(Buffer.from('\x04b'));
  expect(output.push(Buffer.from('c'))).toEqual(Buffer.from('c'));
  const much = `\x04${'x'.repeat(9000)}`;
  expect(Buffer.from(output.push(Buffer.from(much))).toString()).toBe(much);
});
