import { expect, test } from 'vitest';
import { jsonReporter } from '../../../../src/cli/report/json-reporter.js';
import { LogParser } from '../../../../src/log/log-parser.js';
import { seededBytes, seededRandom } from '../../../support/random.js';

/** What steers a terminal, or turns, hides or breaks text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{DI}\p{Co}]/u;

test('whatever bytes a board sends, no line of JSON steers a terminal, and each parses to the same', () => {
  const words = [
    '\x9b31m',
    '\x7f',
    '\u202e',
    '\u200b',
    '\ufeff',
    '\x1b[2J',
    '\u2028',
    '\u00ad',
    '\u{e0041}',
    'é',
    '\r',
    '\n',
    'dns "',
  ];
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const parts = Array.from({ length: 200 }, () =>
      random(2) ? Buffer.from(words[random(words.length)] ?? '') : Buffer.from(seededBytes(random(1e6), 6)),
    );
    const lines: string[] = [];
    const parser = new LogParser({ board: 'x' });
    const entries = [...parser.push(Buffer.concat(parts), 0), ...parser.end(0)];
    const reporter = jsonReporter((line) => lines.push(line));
    for (const entry of entries) reporter.log(entry);
    expect(lines.length).toBeGreaterThan(1);
    for (const [index, line] of lines.entries()) {
      expect(line).not.toMatch(UNSAFE);
      expect(JSON.parse(line).raw).toBe(entries[index]?.raw);
    }
  }
});
