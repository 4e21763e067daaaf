// Colours on a real terminal, which util-linux's `script` gives.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const script = component('script');

test.skipIf(!script || process.platform !== 'linux').each([
  ['on a terminal there are some', {}, true],
  ['$NO_COLOR turns them off', { NO_COLOR: '1' }, false],
])('%s', (_title, env, coloured) => {
  const { NO_COLOR, FORCE_COLOR, CI, ...rest } = process.env;
  const command = `stty cols 100 rows 40; '${process.execPath}' '${BIN}' flash --port 'virtual:colour-${coloured}?speed=max&http=0&dns=0'`;
  const { stdout } = spawnSync(script ?? '', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...rest, ...env, ESP_PORTAL_STATE_DIR: home.folder, TERM: 'xterm-256color' },
  });
  expect(stdout).toContain('Enter the ROM loader');
  expect(stdout.includes('\u001b[36m')).toBe(coloured); // the spinner's own colour
});
