// --dry-run: it shows no step that it does not take, and finds what the real run would refuse.
import { afterAll, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

test.each([
  ['install', ['enter-repl', 'restart']],
  ['uninstall', ['enter-repl', 'restart']],
  ['reset-creds', ['enter-repl', 'restart']],
])('%s --dry-run shows only the steps that it takes', async (command, steps) => {
  const port = board(`dry-${command}`);
  home.makeBoard(`dry-${command}`, 'portal');
  const run = await home.call([command, '--dry-run', '--json', '--port', port]);
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
  home.makeBoard('full', 'micropython');
  const dry = await home.call(['install', '--dry-run', '--json', '--port', port]);
  const real = await home.call(['install', '--json', '--port', port]);
  expect(dry.result()).toMatchObject({ exitCode: 7, error: { code: 'board-no-space' } });
  expect(dry.result()).toEqual(real.result());
  const people = await home.call(['install', '--dry-run', '--port', port]);
  expect(people.stderr).toContain('✔ Enter the raw REPL');
  expect(people.stderr).toContain('✖ Check the free space and memory\n');
});
