// Every command on the pages exists, with its options.
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import type { OptionTable } from '../../src/cli/options/option-table.js';
import { COMMON_OPTIONS } from '../../src/cli/options/shared.js';
import { codeBlocks, PAGES, readPage, shownCommands } from './markdown.js';

const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> };
/** Placeholders for a name, not names. */
const PLACEHOLDERS = ['COMMAND', 'NAME'];

/** @returns what is wrong with a command line; `undefined` if nothing is */
function fault(line: string): string | undefined {
  const [program, name = '', ...words] = line.split(/\s+/);
  if (program === 'npm' && name === 'run')
    return words[0] && words[0] in scripts ? undefined : 'no such script';
  if (program !== 'esp-portal' || PLACEHOLDERS.includes(name)) return undefined;
  const command = COMMANDS.find((each) => each.name === name);
  if (!command && !/^(--help|--version|)$/.test(name)) return 'no such command';
  const options: OptionTable = { ...command?.options, ...COMMON_OPTIONS, help: { type: 'boolean' } };
  const aliases = Object.values(options).map(({ alias }) => alias);
  const unknown = words
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/^--?(?:no-)?/, '').replace(/=.*/, ''))
    .find((option) => !(option in options) && !aliases.includes(option));
  return unknown === undefined ? undefined : `no option ${unknown}`;
}

describe.each(PAGES.filter((page) => page !== 'CHANGELOG.md'))('%s', (page) => {
  test('shows only commands and options that exist', () => {
    const wrong = shownCommands(readPage(page)).flatMap((line) => {
      const what = fault(line);
      return what === undefined ? [] : [`${line}: ${what}`];
    });
    expect(wrong).toEqual([]);
  });

  test('names the language of each block with commands', () => {
    const bare = codeBlocks(readPage(page))
      .filter(({ language, lines }) => language === '' && lines.some((line) => line.startsWith('$ ')))
      .flatMap(({ lines }) => lines[0] ?? []);
    expect(bare).toEqual([]);
  });
});

test('finds a command, an option and a script that do not exist', () => {
  expect(fault('esp-portal flahs')).toBe('no such command');
  expect(fault('esp-portal flash --no-such')).toBe('no option such');
  expect(fault('npm run nothing')).toBe('no such script');
  expect(fault('esp-portal monitor --no-reconnect -p COM3')).toBeUndefined();
});
