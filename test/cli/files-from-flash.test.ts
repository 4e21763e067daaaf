// files --from-flash: a board whose program locks its author out, healed without MicroPython.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, openPort, removeFiles } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
const here = (name: string) => join(home.folder, name);
const LOCKED =
  'import micropython, os\nmicropython.kbd_intr(-1)\nos.dupterm(None, 1)\nwhile True:\n    pass\n';

beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

describe.each([
  ['esp8266', 'portal', ''],
  ['esp32', 'micropython-esp32', '&chip=esp32'],
] as const)('an %s', (name, content, options) => {
  const port = board(name, options);
  const files = (...words: string[]) =>
    home.call(['files', ...words, '--from-flash', '--port', port, '--json']);

  beforeAll(async () => {
    home.makeBoard(name, content);
    writeFileSync(home.boardFile(name, 'portal_fields.json'), '{}');
    writeFileSync(home.boardFile(name, 'main.py'), LOCKED);
    writeFileSync(home.boardFile(name, 'data.txt'), 'x'.repeat(9000));
  });

  test('lists what MicroPython lists, without it', async () => {
    const run = await files('ls');
    expect(run.result().entries).toContainEqual({
      path: 'data.txt',
      kind: 'file',
      sizeBytes: 9000,
      isPortal: false,
    });
    expect(run.json().map(({ step }) => step)).not.toContain('enter-repl');
    if (content === 'portal')
      expect(run.result().entries).toContainEqual(
        expect.objectContaining({ path: 'captive_portal.mpy', isPortal: true }),
      );
  });

  test('the main.py that locks its author out is fetched and removed, and all else stays', async () => {
    expect((await files('get', 'main.py', here(`${name}.py`))).exitCode).toBe(0);
    expect(readFileSync(here(`${name}.py`), 'utf8')).toBe(LOCKED);
    const before = (await files('ls')).result().entries as { path: string }[];
    expect((await files('rm', 'main.py')).result()).toMatchObject({ ok: true, removed: ['main.py'] });
    const after = await home.call(['files', 'ls', '--port', port, '--json']); // by MicroPython, which answers again
    expect(after.exitCode, after.stderr).toBe(0);
    expect(after.result().entries).toEqual(before.filter(({ path }) => path !== 'main.py'));
  });

  test('a file that is put is what MicroPython reads', async () => {
    const bytes = Buffer.from(Array.from({ length: 10_000 }, (_, index) => index * 7));
    writeFileSync(here('table.bin'), bytes);
    expect((await files('put', here('table.bin'))).result()).toMatchObject({
      ok: true,
      files: ['table.bin'],
    });
    const run = await home.call(['files', 'get', 'table.bin', here('back.bin'), '--port', port]);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(readFileSync(here('back.bin'))).toEqual(bytes);
  });

  test('folders, and paths in folders that are missing, are refused', async () => {
    expect((await files('put', here('table.bin'), 'no/such/')).result()).toMatchObject({
      error: { code: 'usage', message: expect.stringContaining('there is no folder no') },
    });
    expect((await files('cat', 'missing')).result()).toMatchObject({ error: { code: 'board-no-file' } });
  });
});

test('an interruption before the first block leaves the file as it was', async () => {
  const port = board('esp8266');
  writeFileSync(here('main.py'), 'print(1)\n');
  expect((await home.call(['files', 'put', here('main.py'), '--port', port])).exitCode).toBe(0);
  const opened = await openPort(port);
  const stop = new AbortController();
  const cut = removeFiles(
    opened,
    { path: 'main.py', recursive: false },
    {
      fromFlash: true,
      signal: stop.signal,
      onProgress: (event) => {
        if (event.event === 'step' && event.step === 'remove-files') stop.abort(new Error('stopped'));
      },
    },
  );
  await expect(cut).rejects.toThrow('stopped');
  await opened[Symbol.asyncDispose]();
  expect((await home.call(['files', 'cat', 'main.py', '--port', port])).stdout).toBe('print(1)\n');
});

test('a blank board, a damaged filesystem and a FAT are named', async () => {
  const blank = await home.call(['files', 'ls', '--from-flash', '--port', board('blank'), '--json']);
  expect(blank.result()).toMatchObject({
    error: {
      code: 'board-no-filesystem',
      message: expect.stringContaining('There is no firmware image at address 0.'),
      next: expect.stringContaining('esp-portal setup --port'),
    },
  });
  home.makeBoard('broken', 'micropython');
  const flash = join(dirname(dirname(home.boardFile('broken', 'x'))), 'flash.bin');
  const bytes = Buffer.alloc(0x400_000, 0xff);
  readFileSync(flash).copy(bytes);
  const list = (...more: string[]) =>
    home.call(['files', 'ls', ...more, '--port', board('broken'), '--json']);
  bytes.fill(0x5a, 0x100_000, 0x102_000);
  writeFileSync(flash, bytes);
  const damaged = { code: 'board-no-filesystem', next: expect.stringContaining('esp-portal backup') };
  expect((await list('--from-flash')).result()).toMatchObject({ error: damaged });
  expect((await list()).result()).toMatchObject({ error: damaged });

  bytes.write('\xeb\xfe\x90MSDOS5.0', 0x100_000, 'latin1');
  bytes.write('FAT     ', 0x100_036, 'latin1');
  bytes.writeUInt16LE(0xaa55, 0x100_1fe);
  writeFileSync(flash, bytes);
  expect((await list('--from-flash')).result()).toMatchObject({
    error: {
      code: 'board-no-filesystem',
      message: expect.stringContaining('FAT filesystem (MicroPython before 1.13)'),
      next: expect.stringContaining('without --from-flash'),
    },
  });
});

test('a build without a filesystem is named, with what helps', async () => {
  const port = board('tiny', '&flash=512K');
  expect((await home.call(['flash', '--port', port])).exitCode).toBe(0);
  const list = async (...more: string[]) =>
    (await home.call(['files', 'ls', ...more, '--port', port, '--json'])).result().error;
  expect(await list()).toMatchObject({
    code: 'board-no-filesystem',
    next: expect.stringContaining('512 KB has no room'),
  });
  expect(await list('--from-flash')).toMatchObject({
    code: 'board-no-filesystem',
    next: expect.stringMatching(
      /^Write the build for this flash: esp-portal flash --port .* 1 MB of flash or more/,
    ),
  });
});

test.each([['files', 'ls', '--from-flash'], ['backup']])(
  'an encrypted flash is not read by %s %s %s',
  async (...words) => {
    const port = board('esp32', '&chip=esp32&fuses=flash-encryption');
    expect((await home.call([...words, '--port', port, '--json'])).result()).toMatchObject({
      error: { code: 'board-locked', message: expect.stringContaining('flash encryption') },
    });
  },
);

test('the files are in a backup, and the copy of a board behaves as the board', async () => {
  const file = here('whole.backup');
  {
    await using port = await openPort(board('esp8266'));
    await backup(port, file);
  }
  const copy = board('copy');
  const run = await home.call(['restore', file, '--other-board', '--port', copy]);
  expect(run.exitCode, run.stderr).toBe(0);
  const lists = await Promise.all(
    [board('esp8266'), copy].map(async (address) =>
      (await home.call(['files', 'ls', '--port', address, '--json'])).result(),
    ),
  );
  expect(lists[1]?.entries).toEqual(lists[0]?.entries);
  const started = await home.call(['install', '--main', 'replace', '--port', copy, '--json']);
  expect(started.result()).toMatchObject({ ok: true, state: 'portal' });
});
