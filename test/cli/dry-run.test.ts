// --dry-run: it shows no step that it does not take, and finds what the real run would refuse.
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const board = (name: string, options = '') => `virtual:${name}?speed=max&http=0&dns=0${options}`;

test.each([
  ['install', ['enter-repl', 'restart']],
  ['uninstall', ['enter-repl', 'restart']],
  ['reset-creds', ['enter-repl', 'restart']],
])('%s --dry-run shows only the steps that it takes', async (command, steps) => {
  const port = board(`dry-${command}`);
  await home.run(['setup', '--until', 'portal.ready', '--port', port]);
  const run = await home.run([command, '--dry-run', '--json', '--port', port]);
  expect(run.result()).toMatchObject({ ok: true });
  expect(
    run
      .json()
      .filter(({ event }) => event === 'step')
      .map(({ step }) => step),
  ).toEqual(steps);
});

test('install --dry-run finds that the files do not fit', async () => {
  const port = board('full', '&files=16K');
  await home.run(['flash', '--port', port]);
  const dry = await home.run(['install', '--dry-run', '--json', '--port', port]);
  const real = await home.run(['install', '--json', '--port', port]);
  expect(dry.result()).toMatchObject({ exitCode: 7, error: { code: 'board-no-space' } });
  expect(dry.result()).toEqual(real.result());
  const people = await home.run(['install', '--dry-run', '--port', port]);
  expect(people.stderr).toContain('✔ Enter the raw REPL');
  expect(people.stderr).toContain('✖ Check the free space and memory\n');
});
