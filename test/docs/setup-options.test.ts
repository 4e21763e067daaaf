// The help of setup names the options that it does not take: it takes all others of the three commands.
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';

function command(name: string) {
  const found = COMMANDS.find((each) => each.name === name);
  return { details: found?.details.join('\n') ?? '', options: Object.keys(found?.options ?? {}) };
}

test('setup takes the options of flash, install and monitor except those that it names', () => {
  const { details, options } = command('setup');
  const all = new Set(['flash', 'install', 'monitor'].flatMap((name) => command(name).options));
  const missing = [...all].filter((option) => !options.includes(option));
  const [, named = ''] = /options of these three commands except (.*?)\./s.exec(details) ?? [];
  expect([...named.matchAll(/`--([\w-]+)`/g)].map(([, option]) => option).sort()).toEqual(missing.sort());
});
