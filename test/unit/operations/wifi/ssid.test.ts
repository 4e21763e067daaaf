import { expect, test } from 'vitest';
import { checkPassword, checkSsid, foldName } from '../../../../src/operations/wifi/ssid.js';

const usage = (message: RegExp) =>
  expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) });

test.each(['a', 'x'.repeat(32), 'ü'.repeat(16), ' '])('%j can be the name of a network', (ssid) => {
  expect(() => checkSsid(ssid)).not.toThrow();
});

test.each([
  ['', /1 to 32 bytes, not 0/],
  ['x'.repeat(33), /1 to 32 bytes, not 33/],
  ['ü'.repeat(17), /1 to 32 bytes, not 34/],
  ['a\nb', /control characters/],
  ['a\ud800', /UTF-8 text/],
  ['a\ufffd', /UTF-8 text/],
])('%j cannot be the name of a network', (ssid, message) => {
  expect(() => checkSsid(ssid)).toThrow(usage(message));
});

test.each([' 8 chars', 'x'.repeat(63), '0aF'.padEnd(64, '9')])('%j can be a password', (password) => {
  expect(() => checkPassword(password)).not.toThrow();
});

test.each([
  ['7 chars', /this one has 7\.$/],
  ['x'.repeat(64), /this one has 64\.$/],
  ['0'.repeat(65), /this one has 65\.$/],
  ['Käsekuchen', /this one has 10, not all of them ASCII\.$/],
])('%j cannot be a password, which the message does not repeat', (password, message) => {
  expect(() => checkPassword(password)).toThrow(usage(message));
  expect(() => checkPassword(password)).not.toThrow(password);
});

test('a name is folded to what a person types', () => {
  expect(foldName(' “Jim’s”\u00a0 Cafe\u0301 ')).toBe('"Jim\'s" Caf\u00e9');
});
