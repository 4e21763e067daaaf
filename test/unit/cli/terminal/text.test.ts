import { describe, expect, test } from 'vitest';
import { printable, safeJson, TerminalFilter } from '../../../../src/cli/terminal/text.js';
import { inPieces, seededBytes, seededRandom } from '../../../support/random.js';

function shown(pieces: readonly Uint8Array[], allowsEditing: boolean): string {
  const filter = new TerminalFilter({ allowsEditing });
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end();
}
const bytes = (text: string) => [Buffer.from(text)];

describe('text of a board', () => {
  test('keeps letters, tabs and line ends, and shows everything that steers a terminal', () => {
    expect(printable('Bäckerei\t¥ 日本\n')).toBe('Bäckerei\t¥ 日本\n');
    expect(printable('\x1b[2J\x1b]0;title\x07\x9b31m\r\x7f')).toBe(
      '\\x1b[2J\\x1b]0;title\\x07\\x9b31m\\x0d\\x7f',
    );
    expect(printable('abc\u202egnp.exe\u200b\u2028\ufeff')).toBe('abc\\u202egnp.exe\\u200b\\u2028\\ufeff');
  });

  test.each([
    [0xad],
    [0x34f],
    [0x600],
    [0x61c],
    [0x115f, 0x1160],
    [0x17b4, 0x17b5],
    [0x180b, 0x180f],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0x2800],
    [0x3164],
    [0xe000, 0xf8ff],
    [0xfe00, 0xfe0f],
    [0xfeff],
    [0xffa0],
    [0xfff0, 0xfffb],
    [0x1d173, 0x1d17a],
    [0xe0000, 0xe0fff],
    [0xf0000, 0xffffd],
    [0x100000, 0x10fffd],
  ])('shows the invisible or private characters from %i', (first, last = first) => {
    const step = Math.max(1, Math.floor((last - first) / 16));
    for (const code of [...Array.from({ length: 16 }, (_, at) => Math.min(last, first + at * step)), last]) {
      const character = String.fromCodePoint(code);
      const hex = code.toString(16);
      const form = code > 0xffff ? `\\u{${hex}}` : code > 0xff ? `\\u${hex.padStart(4, '0')}` : `\\x${hex}`;
      expect(printable(`a${character}b`)).toBe(`a${form}b`);
      expect(shown(bytes(`a${character}b`), false)).toBe(`a${form}b`);
      const json = safeJson(`a${character}b`);
      expect(json).toMatch(/^[\x20-\x7e]+$/);
      expect(JSON.parse(json)).toBe(`a${character}b`);
    }
  });

  test('loses colours, which only get in the way', () => {
    expect(printable('\x1b[0;32mI (31) boot: ok\x1b[0m')).toBe('I (31) boot: ok');
  });
});

describe.each([false, true])('bytes for a terminal (a REPL: %s)', (allowsEditing) => {
  test('never hold a sequence that is not allowed, in any pieces', () => {
    // What may be left: text, line ends, and for a REPL what moves along the line.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these may be there
    const allowed = allowsEditing ? /\x1b\[\d{0,3}[CDK]|[\x08\r\n\t]/g : /\r\n|[\n\t]/g;
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const words = [
        '\x1b[',
        '\x1b',
        '[',
        '12',
        'K',
        'D',
        '2J',
        '\r',
        '\n',
        '\x9b',
        '\x1b]0;',
        '\u202e',
        'é',
        '\x08',
      ];
      const parts = Array.from({ length: 200 }, () =>
        random(4) ? Buffer.from(words[random(words.length)] ?? '') : Buffer.from(seededBytes(random(1e6), 3)),
      );
      const whole = Buffer.concat(parts);
      const out = shown([whole], allowsEditing);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not
      expect(out.replace(allowed, '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e]/);
      expect(shown(inPieces(whole, random, 5), allowsEditing)).toBe(out);
    }
  });
});

test('a REPL may move along its line and erase it, nothing more', () => {
  const editing = 'a\x08\x1b[K\x1b[12Db\r\n';
  expect(shown(bytes(editing), true)).toBe(editing);
  expect(shown(bytes(editing), false)).toBe('a\\x08\\x1b[K\\x1b[12Db\r\n');
  expect(shown(bytes('\x1b[2J\x1b[1A\x1b[9999D\x1bc'), true)).toBe('\\x1b[2J\\x1b[1A\\x1b[9999D\\x1bc');
});

test('a carriage return goes only with a line feed, also when that comes later', () => {
  expect(shown([Buffer.from('a\r'), Buffer.from('\nb\rc')], false)).toBe('a\r\nb\\x0dc');
});
