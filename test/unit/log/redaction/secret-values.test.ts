// Where the values that a run was given are found in a line.

import { describe, expect, test } from 'vitest';
import { valueFinder } from '../../../../src/log/redaction/secret-values.js';

/** What is found, as text, and whether it is a whole value. */
function found(values: readonly string[], line: string, isWhole = true, from = 0) {
  const secret = valueFinder(values)?.(line, isWhole, from);
  return secret && [line.slice(secret.start, secret.end), secret.isCertain];
}

test('values of four characters and more are found, shorter ones are not', () => {
  expect(found(['abcd'], 'x abcd y')).toEqual(['abcd', true]);
  expect(valueFinder(['abc'])).toBeUndefined();
  expect(found(['abc', 'abcd'], 'abc abcd')).toEqual(['abcd', true]);
});

test('of two values at one place the longer one is found', () => {
  for (const values of [
    ['sesame', 'sesame open'],
    ['sesame open', 'sesame'],
  ])
    expect(found(values, 'say sesame open now')).toEqual(['sesame open', true]);
});

test('the first one in the line is found, whatever the order of the values', () => {
  for (const values of [
    ['first one', 'the second'],
    ['the second', 'first one'],
  ])
    expect(found(values, 'first one, the second')).toEqual(['first one', true]);
  expect(found(['first one', 'the second'], 'first one, the second', true, 1)).toEqual(['the second', true]);
});

describe('the end of a line that goes on', () => {
  test('is held back where a value begins', () => {
    expect(found(['sesame'], 'say ses', false)).toEqual(['ses', false]);
    expect(found(['sesame'], 'say ses', true)).toBeUndefined();
    expect(found(['sesame'], 'say sesam!', false)).toBeUndefined();
  });

  test('comes after a whole value in front of it', () => {
    expect(found(['sesame'], 'sesame ses', false)).toEqual(['sesame', true]);
    expect(found(['sesame'], 'sesame ses', false, 6)).toEqual(['ses', false]);
  });

  test('decides where a longer value may follow at the same place', () => {
    expect(found(['sesame', 'sesame open'], 'sesame', false)).toEqual(['sesame', false]);
  });
});
