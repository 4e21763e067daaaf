import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quote } from '../../../src/device/board-files.js';

// Python itself decides what a literal means; it is on every machine that builds node-gyp modules, and on CI.
const evaluate = (literal: string) =>
  Buffer.from(
    execFileSync(
      'python3',
      ['-c', `v = ${literal}\nprint((v if isinstance(v, bytes) else v.encode()).hex())`],
      {
        encoding: 'utf8',
      },
    ).trim(),
    'hex',
  );

test('a bytes literal stands for the same bytes, and holds no control byte that the raw REPL would take', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  const literal = quote(bytes);
  expect(evaluate(literal)).toEqual(bytes);
  expect(literal).toMatch(/^[ -~]*$/);
});

test('a text literal stands for the same text', () => {
  const text = 'it\'s "näh\\n\n\x03 €😀';
  expect(evaluate(quote(text)).toString('utf8')).toBe(text);
  expect(quote(text)).toMatch(/^[ -~]*$/);
});
