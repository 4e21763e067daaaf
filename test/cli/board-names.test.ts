// Names of boards, through the command line.
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const env = { XDG_CONFIG_HOME: join(home.folder, 'config'), APPDATA: join(home.folder, 'config') };

test.skipIf(process.platform === 'darwin')('a board is used by its name, alone and in a list', async () => {
  home.makeBoard('lamp', 'portal');
  const named = await home.call(['ports', 'name', board('lamp'), 'desk'], env);
  expect(named).toMatchObject({
    exitCode: 0,
    stdout: `${board('lamp')} is called desk from now on: --port desk\n`,
  });
  const alone = await home.call(['reset-creds', '--no-restart', '--json', '--port', 'desk'], env);
  expect(alone.result()).toMatchObject({ ok: true, forgotten: [] });
  const list = await home.call(['flash', '--json', '--port', `desk,${board('other')}`], env);
  expect(list.result()).toMatchObject({
    ok: true,
    boards: [{ board: 'desk' }, { board: 'virtual:other' }],
  });
  expect((await home.call(['ports', '--json'], env)).result()).toMatchObject({
    names: { desk: board('lamp') },
  });
  expect((await home.call(['ports'], env)).stdout).toContain(
    `desk  ${board('lamp')}, which is not among these`,
  );
  expect((await home.call(['__complete', 'flash', '--port', 'de'], env)).stdout).toContain('desk\t');
  const guess = await home.call(['flash', '--json', '--port', 'dsek'], env);
  expect(guess.result()).toMatchObject({
    error: { code: 'port-not-found', message: 'No board is called dsek. Did you mean desk?' },
  });
  expect((await home.call(['ports', 'unname', 'desk'], env)).stdout).toBe('The name desk is removed.\n');
  expect((await home.call(['ports', 'unname', 'desk', '--json'], env)).exitCode).toBe(2);
});

test.each([
  [['ports', 'name'], 'ports name needs an address and a name.'],
  [['ports', 'unname'], 'ports unname needs one name.'],
  [['ports', 'list', 'x'], 'ports list takes no "x".'],
])('%j says what is missing', async (args, message) => {
  expect((await home.call([...args, '--json'], env)).result()).toMatchObject({
    exitCode: 2,
    error: { message },
  });
});
