// Colours on a real terminal.
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { python, TerminalRun } from '../support/terminal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

test.skipIf(!python).each([
  ['on a terminal there are some', {}, true],
  ['$NO_COLOR turns them off', { NO_COLOR: '1' }, false],
])('%s', async (_title, extraEnv, coloured) => {
  const args = ['flash', '--dry-run', '--port', `virtual:colour-${coloured}?speed=max&http=0&dns=0`];
  const run = new TerminalRun(home, args, { extraEnv });
  expect(await run.end()).toBe(0);
  expect(run.received).toContain('Enter the ROM loader');
  expect(run.received.includes('\u001b[36m')).toBe(coloured); // the spinner's own colour
});
