// Settings from files and variables. A project's file is not trusted: it may come with a checkout.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const BOARD = 'virtual:settings?speed=max&http=0&dns=0';

/** Runs in a project whose file has these settings. */
function runIn(project: string, settings: object, args: readonly string[], env: Record<string, string> = {}) {
  const folder = join(home.folder, project);
  mkdirSync(join(folder, '.git'), { recursive: true });
  writeFileSync(join(folder, 'esp-portal.json'), JSON.stringify(settings));
  return home.call(args, { XDG_CONFIG_HOME: join(home.folder, 'config'), ...env }, folder);
}

test.each([
  ['log-file', 'stolen.txt', ['monitor', '--port', BOARD, '--timeout', '1']],
  ['report', 'stolen.txt', ['install', '--port', '/dev/no-such-port']],
  ['port', BOARD, ['flash']],
  ['erase', true, ['flash', '--port', BOARD]],
  ['show-secrets', true, ['monitor', '--port', BOARD]],
  ['allow-http', true, ['flash', '--port', BOARD]],
  ['listen', '0.0.0.0:0', ['simulate', '--port', BOARD]],
  ['pty', 'stolen.txt', ['simulate', '--port', BOARD]],
  ['app', '../..', ['install', '--port', BOARD]],
])('a checkout that sets %s is refused before anything happens', async (option, value, args) => {
  const run = await runIn('hostile', { [option]: value }, args);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(`esp-portal.json`);
  expect(run.stderr).toContain(`"${option}"`);
  expect(run.stderr).toMatch(new RegExp(`^Next: .*--${option}`, 'm'));
  expect(existsSync(join(home.folder, 'hostile', 'stolen.txt'))).toBe(false);
  expect(existsSync(join(home.folder, 'virtual', 'settings'))).toBe(false);
});

test.each([
  ['--firmware', '1.28.0'],
  ['--firmware=1.28.0'],
  ['-f', '1.28.0'],
  ['-f=1.28.0'],
  ['-vf', '1.28.0'],
])("a project's value that the command line overrides is not named: %s", async (...words) => {
  const args = ['flash', '--port', '/dev/no-such-port'];
  const used = await runIn('overridden', { firmware: '1.29.0' }, args);
  expect(used.stderr).toContain('esp-portal.json: --firmware.');
  const run = await runIn('overridden', { firmware: '1.29.0' }, [...args, ...words]);
  expect(run.stderr).toContain('There is no port /dev/no-such-port.');
  expect(run.stderr).not.toContain('--firmware');
});

test.each([
  ['HOME is empty', { HOME: '', XDG_CONFIG_HOME: '' }],
  ['HOME is relative', { HOME: 'me', XDG_CONFIG_HOME: '' }],
  ['XDG_CONFIG_HOME is relative', { XDG_CONFIG_HOME: 'conf' }],
])("a checkout's files are never the user's own settings: %s", async (_case, env) => {
  const folder = join(home.folder, 'checkout');
  for (const root of ['.', 'me']) {
    for (const config of ['.config', 'conf', join('Library', 'Preferences')]) {
      mkdirSync(join(folder, root, config, 'esp-portal'), { recursive: true });
      writeFileSync(join(folder, root, config, 'esp-portal', 'config.json'), '{"essid":"FromTheCheckout"}');
    }
  }
  const run = await runIn('checkout', {}, ['config', '--set'], env);
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stdout).not.toContain('FromTheCheckout');
  expect(run.stdout).toMatch(/^Your own settings file is \//m);
});

test('a home that is no folder, as system users have it, holds no settings', async () => {
  const run = await runIn('no-home', {}, ['config', '--set'], { HOME: '/dev/null', XDG_CONFIG_HOME: '' });
  expect(run.exitCode, run.stderr).toBe(0);
});

test("links out of a project's app folder need the folder to be named by the user", async () => {
  writeFileSync(join(home.folder, 'private-key'), 'secret');
  const app = join(home.folder, 'linked', 'src');
  mkdirSync(app, { recursive: true });
  symlinkSync(join(home.folder, 'private-key'), join(app, 'data.txt'));
  const args = ['install', '--port', '/dev/no-such-port'];
  const refused = await runIn('linked', { app: 'src' }, args);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('src/data.txt: a link points out of the folder, to ');
  expect(refused.stderr).toMatch(/^Next: .*--app/m);
  for (const words of [['--app', app], [`--app=${app}`]]) {
    const named = await runIn('linked', { app: 'src' }, [...args, ...words]);
    expect(named.stderr).toContain('no port');
    expect(named.stderr).not.toContain('esp-portal.json: ');
  }
});

test('a checkout that is refused has help all the same', async () => {
  await runIn('hostile', { port: 'x' }, ['config']);
  const cwd = join(home.folder, 'hostile');
  expect(spawnSync(process.execPath, [BIN, 'flash', '--help'], { cwd, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('--firmware'),
  });
});

test("the project's file that is in force is named on stderr", async () => {
  const run = await runIn('project', { essid: 'Lamp' }, ['install', '--port', '/dev/no-such-port']);
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toMatch(/^Options from \S+esp-portal\.json: --essid\.$/m);
});

test.each([
  [{ 'ap-ip': '010.0.0.1' }, {}, 'esp-portal.json: --ap-ip "010.0.0.1"'],
  [{ 'portal-timeout': '1e2' }, {}, 'esp-portal.json: --portal-timeout "1e2"'],
  [{ main: 'constructor' }, {}, 'esp-portal.json: main cannot be "constructor"'],
  [{}, { ESP_PORTAL_UNTIL: 'no.such' }, '$ESP_PORTAL_UNTIL: --until: there is no event "no.such"'],
  [{}, { ESP_PORTAL_TIMEOUT: '0x10' }, '$ESP_PORTAL_TIMEOUT: --timeout 0x10'],
  [{}, { ESP_PORTAL_LISTEN: '127.0.0.1:08' }, '$ESP_PORTAL_LISTEN: --listen 127.0.0.1:08'],
])('config refuses %j and %j, with their source', async (settings, env, message) => {
  const run = await runIn('config', settings, ['config'], env as Record<string, string>);
  expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
});

test.each(['::::', 'file:///etc', 'micropython.org'])(
  'a site for firmware that is %s is refused',
  async (site) => {
    const run = await runIn('config', {}, ['firmware', '--json'], { ESP_PORTAL_FIRMWARE_SITE: site });
    expect(JSON.parse(run.stdout)).toMatchObject({
      exitCode: 2,
      error: { message: `$ESP_PORTAL_FIRMWARE_SITE is "${site}".`, next: expect.stringContaining('unset') },
    });
  },
);

test('a variable in error is named by the command that uses it too', async () => {
  const run = await runIn('config', {}, ['monitor', '--port', '/dev/no-such-port'], {
    ESP_PORTAL_UNTIL: 'no.such',
  });
  expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('$ESP_PORTAL_UNTIL') });
});

test.each([
  [['install', '--no-essid'], '--no-essid'],
  [['install', '--no-port'], '--no-port'],
  [['install', '--essid.x', 'y'], '--essid.x'],
  [['install', '--json=maybe'], '--json is a switch'],
  [['install', '-x'], 'There is no option -x.'],
  [['exec', '-x'], 'There is no option -x. A value that begins with a hyphen goes last, after --.'],
  [['wifi', 'set', '-dash'], 'There is no option -dash. A value'],
  [['restore', '--dry-run', '--', '-b.bin'], 'There is no option --dry-run.'],
  [['flash', '--', '--dry-run'], 'flash takes no "--dry-run".'],
  [['run', '--', '--help'], '--help does not exist.'],
  [['add'], 'add needs PACKAGE.'],
  [['install', '--__proto__', 'x'], 'There is no option --__proto__.'],
  [['monitor', '-b'], '-b needs a value.'],
  [['install', '--main', 'a\nb'], 'main cannot be "a\\nb"; it is one of keep'],
  [['flash', '--baud', '1e5'], '"1e5"'],
  [['flash', '--port', 'virtual:x?constructor=1'], 'no option "constructor"'],
  [['flash', '--port', 'virtual:x?flash=01M'], 'flash=01M'],
])('%j is a usage error', async (args, message) => {
  const run = await home.call(args);
  expect(run.stderr).toContain(message);
  expect(run.exitCode).toBe(2);
});

test.runIf(process.platform !== 'win32').each([['--help'], ['config'], ['ports', '--json']])(
  'in a folder that was removed %j says so',
  (...args) => {
    const gone = join(home.folder, 'gone');
    mkdirSync(gone);
    const script = 'rmdir "$PWD" && exec "$0" "$@"';
    const run = spawnSync('/bin/sh', ['-c', script, process.execPath, BIN, ...args], {
      cwd: gone,
      encoding: 'utf8',
    });
    expect(run.stdout + run.stderr).toContain('The current folder was removed.');
    expect(run.stderr).not.toContain('    at ');
    expect(run.status).toBe(2);
  },
);
