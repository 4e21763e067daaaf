// README names the options that setup does not take: all others of the three commands it does.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

function optionsOf(name: string): string[] {
  return Object.keys(COMMANDS.find((command) => command.name === name)?.options ?? {});
}

test('setup takes the options of flash, install and monitor, less those that README names', () => {
  const all = new Set(['flash', 'install', 'monitor'].flatMap(optionsOf));
  const missing = [...all].filter((option) => !optionsOf('setup').includes(option));
  const [, named = ''] = /over one opened port, with their options less (.*?)\. Without/s.exec(README) ?? [];
  expect([...named.matchAll(/`--([\w-]+)`/g)].map(([, option]) => option).sort()).toEqual(missing.sort());
});
