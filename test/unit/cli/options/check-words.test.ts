// Words of a command line that mean something else than they seem to.
import { expect, test } from 'vitest';
import { ALL_OPTIONS } from '../../../../src/cli/commands.js';
import { checkWords, markAfterDashes, withoutMark } from '../../../../src/cli/options/check-words.js';

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

test('an option that no command has is found before a missing word, and before the h in it means help', () => {
  for (const [word, name] of [
    ['-x', 'x'],
    ['-dash', 'dash'],
    ['--dsah=1', 'dsah'],
    ['-qx', 'x'],
    ['-1x', '1x'],
  ] as const)
    expect(() => check('wifi', 'set', word)).toThrow(`Unknown argument: ${name}`);
  expect(() => check('exec', '-1', '-qv', '-h', '-pCOM3', '--no-color', '--help')).not.toThrow();
});

test('words after -- are no options', () => {
  expect(() => check('wifi', 'set', '--', '-dash')).not.toThrow();
  const marked = markAfterDashes(['wifi', '-q', '--', 'set', '-dash', '--json']);
  expect(marked.filter((word) => word.startsWith('-'))).toEqual(['-q']);
  expect(marked.map(withoutMark)).toEqual(['wifi', '-q', 'set', '-dash', '--json']);
});
