// simulate: what it may touch on this computer, and what it refuses.

import { lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const address = (name: string) => `virtual:${name}?speed=max&http=0&dns=0`;
const at = (name: string) => join(home.folder, name);
/** For what is refused: all else would not end. */
const refused = (board: string, ...args: string[]) =>
  home.call(['simulate', '--port', address(board), ...args, '--json']);

test.each([
  ['a file', (path: string) => writeFileSync(path, 'precious')],
  ['a folder', (path: string) => mkdirSync(path)],
  ['a link to a file', (path: string) => symlinkSync(at('target'), path)],
  ['a link whose target is missing', (path: string) => symlinkSync(at('nowhere'), path)],
])('%s at the path of --pty is refused and left alone', async (what, make) => {
  writeFileSync(at('target'), 'precious');
  const path = at(what.replaceAll(' ', '-'));
  make(path);
  const before = lstatSync(path);
  const run = await refused('refused', '--pty', path);
  expect(run.result()).toMatchObject({
    exitCode: 2,
    error: {
      code: 'usage',
      message: expect.stringContaining(`--pty ${path}: this path exists already`),
      next: expect.stringContaining('--pty /tmp/esp-portal-board'),
    },
  });
  expect(lstatSync(path)).toMatchObject({ ino: before.ino, size: before.size });
  expect(readFileSync(at('target'), 'utf8')).toBe('precious');
  expect(run.json()).toHaveLength(1); // before the board was opened
});

test('a path of --pty in no folder is refused', async () => {
  const run = await refused('refused', '--pty', at('missing/pty'));
  expect(run.result()).toMatchObject({ exitCode: 2, error: { code: 'usage' } });
  expect(run.json()).toHaveLength(1);
});

describe.skipIf(!component('socat'))('with socat', () => {
  test('a second board on the same path is refused, and the first one keeps it', async () => {
    const pty = at('pty');
    const first = home.start(['simulate', '--port', address('first'), '--pty', pty, '--json']);
    await first.line('pseudo-terminal');
    const device = readlinkSync(pty);
    expect(device).toMatch(/^\/dev\//);
    expect((await refused('second', '--pty', pty)).result()).toMatchObject({
      exitCode: 2,
      error: { next: expect.stringMatching(`remove the link if its program has ended: rm ${pty}$`) },
    });
    expect(readlinkSync(pty)).toBe(device);
    await first.stop();
    expect(() => lstatSync(pty)).toThrow('ENOENT');
  });

  test('the link that a killed simulator left is replaced, in a path that socat would misread', async () => {
    const pty = at('a,b:c!!d');
    symlinkSync('/dev/pts/999999', pty);
    const simulator = home.start(['simulate', '--port', address('again'), '--pty', pty, '--json']);
    await simulator.line('pseudo-terminal');
    expect(readlinkSync(pty)).not.toBe('/dev/pts/999999');
    expect(await simulator.stop()).toMatchObject({ exitCode: 0 });
  });
});

test('without socat it is named, with what to do', async () => {
  const args = ['simulate', '--port', address('bare'), '--pty', at('no-socat'), '--json'];
  const run = await home.run(args, undefined, { PATH: home.folder });
  expect(run.result()).toMatchObject({
    exitCode: 2,
    error: {
      message: 'socat, which makes the pseudo-terminal, is not installed.',
      next: 'Install socat, or leave --pty out and use rfc2217://.',
    },
  });
});

test.each([
  ['that does not exist', 'nowhere', 'ENOENT'],
  ['whose path is too long for a socket', 'x'.repeat(100), 'its path is too long for a socket'],
])('a temporary folder %s is named', async (_what, name, problem) => {
  const args = ['simulate', '--port', address('temporary'), '--pty', at('unused'), '--json'];
  const run = await home.run(args, undefined, { TMPDIR: at(name) });
  expect(run.result()).toMatchObject({
    exitCode: 2,
    error: {
      message: expect.stringContaining(`The temporary folder ${at(name)} cannot be used: ${problem}`),
      next: expect.stringContaining('TMPDIR=/tmp'),
    },
  });
});

test('a real port is not served', async () => {
  const run = await home.call(['simulate', '--json'], { ESP_PORTAL_PORT: 'socket://127.0.0.1:9' });
  expect(run.result()).toMatchObject({
    exitCode: 2,
    error: {
      message: 'simulate serves virtual boards only, and socket://127.0.0.1:9 is another port.',
      next: 'esp-portal simulate --port virtual:',
    },
  });
});

test('an address to listen on that is not free, or not of this computer, is named with another one', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const taken = await refused('listen', '--listen', `127.0.0.1:${port}`);
  other.close();
  expect(taken.result()).toMatchObject({
    exitCode: 2,
    error: {
      message: `--listen 127.0.0.1:${port}: another program uses this port.`,
      next: `esp-portal simulate --listen 127.0.0.1:0 --port '${address('listen')}'`,
    },
  });
  const foreign = await refused('listen', '--listen', '192.0.2.1:0');
  expect(foreign.result()).toMatchObject({
    exitCode: 2,
    error: { message: '--listen 192.0.2.1:0: this computer does not have that address.' },
  });
});

test('a relative folder for the state of boards works as its full path does', async () => {
  const env = {
    ESP_PORTAL_STATE_DIR: `./${home.folder
      .split('/')
      .map(() => '..')
      .join('/')}${home.folder}/rel`,
  };
  const run = await home.run(['flash', '--port', address('relative')], undefined, env);
  expect(run).toMatchObject({ exitCode: 0 });
});
