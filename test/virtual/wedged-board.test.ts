// Boards whose files are in the way of the portal, of this tool, or of both: install and uninstall work on all of them,
// and lose nothing of what is there.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { install, openPort, type Port, resetCredentials, uninstall } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatManifest, shortHash } from '../../src/portal/manifest.js';
import { CliHome } from '../support/cli.js';
import { CutBoards } from '../support/cut-boards.js';

const home = new CliHome();
const boards = new CutBoards(home.folder);
beforeAll(() => boards.makeTemplate(async () => {}));
afterAll(() => home[Symbol.dispose]());

/** Runs on a board with these files: text by path, a folder where the path ends with a slash. */
async function onBoard<T>(
  name: string,
  files: Readonly<Record<string, string | Buffer>>,
  run: (port: Port) => Promise<T>,
): Promise<T> {
  boards.make(name);
  for (const [path, content] of Object.entries(files)) {
    const place = boards.file(name, path);
    mkdirSync(path.endsWith('/') ? place : dirname(place), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(place, content);
  }
  await using port = await openPort(boards.address(name));
  return await run(port);
}

/** As a board is on which an earlier version has installed a program with these files. */
function installedApp(paths: readonly string[], text: string): Record<string, string> {
  const hash = shortHash(Buffer.from(text));
  const entries = paths.map((path) => ({ kind: 'app', path, hash }) as const);
  return {
    ...Object.fromEntries(paths.map((path) => [path, text])),
    'portal.manifest': formatManifest(entries),
  };
}

describe('install works on a board with', () => {
  test.each([
    [
      ['portal.new', 'main.py/a', 'index.html/a'],
      ['portal.new.old', 'main.py.old/a', 'index.html.old/a'],
    ],
    [
      ['portal.new/a/b', 'portal.manifest/a', 'pages/a', 'captive_portal/__init__.py'],
      ['portal.new.old/a/b', 'portal.manifest.old/a', 'pages.old/a', 'captive_portal.old/__init__.py'],
    ],
  ])('%j of the user in its way, and keeps them', async (inTheWay, kept) => {
    const name = `install-${inTheWay.length}`;
    const files = Object.fromEntries(inTheWay.map((path) => [path, 'mine']));
    const result = await onBoard(name, files, (port) => install(port));
    expect(result.state).toBe('portal');
    for (const path of kept) expect(readFileSync(boards.file(name, path), 'utf8'), path).toBe('mine');
    expect(existsSync(boards.file(name, 'portal.new'))).toBe(false);
  });

  test('an app of an earlier installation that has names of modules, of the portal and of its folders, which go', async () => {
    const paths = ['boot.mpy', 'time.py', 'lib/os.py', 'index.html/a', 'pages/__init__.py', 'portal.new'];
    const result = await onBoard('app', installedApp(paths, 'mine'), (port) => install(port));
    expect(result.state).toBe('portal');
    for (const path of paths) expect(existsSync(boards.file('app', path)), path).toBe(false);
  });

  test('a main.py and a manifest in Latin-1', async () => {
    const main = Buffer.from('# caf\xe9\nprint("hello")\n', 'latin1');
    const files = { 'main.py': main, 'portal.manifest': Buffer.from('p AAAAAAAA caf\xe9.py\n', 'latin1') };
    const result = await onBoard('latin', files, (port) => install(port, { main: 'append' }));
    expect(result.state).toBe('portal');
    expect(readFileSync(boards.file('latin', 'main.py')).subarray(0, main.length).equals(main)).toBe(true);
    await onBoardAgain('latin', (port) => uninstall(port));
    expect(readFileSync(boards.file('latin', 'main.py')).equals(main)).toBe(true);
  });
});

describe('uninstall works on a board with', () => {
  test.each([
    ['a file portal.new', { 'portal.new': 'mine' }],
    ['a folder main.py', { 'main.py/a': 'mine' }],
    ['a folder portal.manifest', { 'portal.manifest/a': 'mine' }],
  ])('%s', async (what, extra) => {
    const name = `uninstall-${what.replace(/\W+/g, '-')}`;
    const files = Object.keys(extra).includes('portal.manifest/a') ? {} : installedApp(['app.py'], 'pass\n');
    await onBoard(name, { ...files, ...extra }, (port) => uninstall(port));
    expect(existsSync(boards.file(name, 'app.py'))).toBe(false);
    expect(
      readdirSync(boards.file(name), { recursive: true }).filter((path) => `${path}`.endsWith('a')),
    ).toHaveLength(what.includes('folder') ? 1 : 0);
  });
});

describe('a network whose name is not UTF-8', () => {
  const ssid = Buffer.of(0x43, 0x61, 0x66, 0x6e, 0x95, 0x20, 0xe9);
  const files = {
    'wifi.creds': Buffer.concat([ssid, Buffer.from(',password')]),
    // The chip's own memory has it too.
    'boot.py': `import network\ns = network.WLAN(0)\ns.active(True)\ns.connect(b'Cafn\\x95 \\xe9', 'password')\n`,
  };

  test('is forgotten by reset-creds and shown with its bytes, where these can be read', async () => {
    const result = await onBoard('cafe', files, (port) => resetCredentials(port, { restart: false }));
    expect(result.found).toEqual([
      { ssid: 'Cafn\\x95 \\xe9', in: 'wifi.creds' },
      { ssid: '?', in: 'chip' },
    ]);
    expect(existsSync(boards.file('cafe', 'wifi.creds'))).toBe(false);
  });

  test('is forgotten by uninstall --purge', async () => {
    const result = await onBoard('purged', files, (port) => uninstall(port, { purge: true }));
    expect(result.removed).toEqual(['wifi.creds']);
    expect(existsSync(boards.file('purged', 'wifi.creds'))).toBe(false);
  });
});

async function onBoardAgain<T>(name: string, run: (port: Port) => Promise<T>): Promise<T> {
  await using port = await openPort(boards.address(name));
  return await run(port);
}
