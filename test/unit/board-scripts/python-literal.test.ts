import { beforeAll, expect, test } from 'vitest';
import { quote } from '../../../src/board-scripts/python-literal.js';
import { type MicroPython, startMicroPython } from '../../support/micropython.js';

let py: MicroPython;
beforeAll(async () => {
  py = await startMicroPython();
});

/** MicroPython itself decides what a literal means. */
function evaluate(literal: string): Buffer {
  py.run(`import binascii\nv = ${literal}\nv = v if isinstance(v, bytes) else v.encode()`);
  return Buffer.from(py.value<string>("str(binascii.hexlify(v), 'utf-8')"), 'hex');
}

test('a bytes literal gives the same bytes, without control bytes for the raw REPL', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  const literal = quote(bytes);
  expect(evaluate(literal)).toEqual(bytes);
  expect(literal).toMatch(/^[ -~]*$/);
});

test('a text literal gives the same text', () => {
  const text = 'it\'s "näh\\n\n\x03 €😀';
  expect(evaluate(quote(text)).toString('utf8')).toBe(text);
  expect(quote(text)).toMatch(/^[ -~]*$/);
});
