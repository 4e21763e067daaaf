// Messages of the SDK in the answer of a program that was sent to a board.

import { expect, test } from 'vitest';
import { withoutSdkLines } from '../../../src/log/sdk-noise.js';
import { seededRandom } from '../../support/random.js';

test.each([
  ['an ESP-IDF log line', 'onI (120) wifi:state: init -> auth (b0)\r\ne', 'one'],
  ['one with colours', 'on\x1b[0;31mE (9) task_wdt: triggered\x1b[0m\ne', 'one'],
  ['one without text', 'onI (1) wifi:\ne', 'one'],
  ['task messages', 'on#6 ets_task(40100384, 3, 3fff837c, 4)\r\ne', 'one'],
  ['two in a row', 'onscandone\r\nstate: 0 -> 2 (b0)\r\ne', 'one'],
  ['with the end of the output before it', 'one\x04I (1) a: b\r\n\x04>', 'one\x04\x04>'],
])('%s in the middle of it is taken out, with its line end', (_what, output, expected) => {
  expect(withoutSdkLines(output)).toBe(expected);
});

test.each([
  'one\r\n',
  'I (1) a: no line end',
  'I (1) a: b\r\r\n',
  'E (1) a: b\x04\r\n',
  'scandone?\n',
  'pm open',
  '',
])('anything else is left alone: %j', (output) => {
  expect(withoutSdkLines(output)).toBe(output);
});

// Minutes, if the search were repeated from each of these.
test.each(['E (1) :', ':', 'I (1) a: ', 'pm open,', '\x1b[1', '#1', 'E (1'])(
  'a megabyte of %j is searched once',
  (piece) => {
    for (const end of ['', '\x04', '\x04\n'])
      expect(withoutSdkLines(`E (1) ${piece.repeat(1_000_000 / piece.length)}${end}`)).toContain('E (1) ');
  },
);

test('random pieces of it give what an expression over the whole text gives', () => {
  const lines =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ends of a board's output
    /(?:(?:\x1b\[[\d;]*m)?[EWIDV] \(\d+\) ?[\w.:-]+: ?[^\r\n\x04]*|#\d+ ets_task\([0-9a-fx]+, \d+, [0-9a-fx]+, \d+\)|scandone|pm (?:open|close),?[^\r\n\x04]*|rm (?:match|0))\r?\n/g;
  const pieces = [
    'a',
    '\r',
    '\n',
    '\r\n',
    '\x04',
    'I (1) w: ',
    'E (22) a:',
    'scandone',
    'pm open',
    'rm 0',
    '\x1b[0m',
  ];
  const random = seededRandom(7);
  for (let round = 0; round < 5000; round++) {
    const text = Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join('');
    expect(withoutSdkLines(text)).toBe(text.replace(lines, ''));
  }
});
