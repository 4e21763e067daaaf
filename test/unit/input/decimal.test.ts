// Numbers as people type them.
import { expect, test } from 'vitest';
import { parseDecimal, parseWhole } from '../../../src/input/decimal.js';

const NONE = ['', ' ', ' 7', '7 ', '+7', '-7', '07', '0x10', '1e3', '1_0', '7a', 'Infinity', 'NaN', '٣'];

test.each([...NONE, '1.5', '9'.repeat(17)])('%j is no whole number', (text) => {
  expect(parseWhole(text)).toBeUndefined();
});

test.each([...NONE, '.5', '5.', '1.2.3', '00.5', '9'.repeat(400)])('%j is no decimal number', (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});

test('digits are', () => {
  expect(['0', '7', '115200'].map(parseWhole)).toEqual([0, 7, 115200]);
  expect(['0', '7', '0.5', '10.25'].map(parseDecimal)).toEqual([0, 7, 0.5, 10.25]);
});
