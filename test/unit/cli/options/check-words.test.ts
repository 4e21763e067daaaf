// Words of a command line that mean something else than they seem to.
import { expect, test } from 'vitest';
import { ALL_OPTIONS } from '../../../../src/cli/commands.js';
import { checkWords } from '../../../../src/cli/options/check-words.js';

const check = (...argv: string[]) => checkWords(argv, ALL_OPTIONS);

test('a value that begins with a hyphen is to be joined to its option', () => {
  expect(() => check('install', '--hostname', '-lamp')).toThrow('--hostname=-lamp');
  expect(() => check('flash', '-p', '--erase')).toThrow('--port needs a value');
  expect(() => check('monitor', '--timeout', '-1')).not.toThrow(); // a number, for its own check
  expect(() => check('install', '--hostname=-lamp', '--essid', 'x')).not.toThrow();
});

test('a switch takes no value but true and false', () => {
  expect(() => check('flash', '--erase=no')).toThrow('--erase is a switch and takes no "no"');
  expect(() => check('flash', '--erase=false', '--json=true', '--no-color')).not.toThrow();
});

test('options behind -- would be ignored', () => {
  expect(() => check('flash', '--', '--dry-run')).toThrow('takes no "--"');
});
