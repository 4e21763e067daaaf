// backup and restore by their file and the flash of virtual boards.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backup, openPort, PortalError } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeBackup } from '../../src/operations/backup/backup-file.js';
import { CHIPS } from '../../src/virtual-board/chips/chips.js';
import { boardMac } from '../../src/virtual-board/chips/mac.js';
import { board, CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const here = (name: string) => join(home.folder, name);
const flashFile = (name: string) => join(dirname(dirname(home.boardFile(name, 'x'))), 'flash.bin');
/** The file ends where the rest is erased. */
const flashOf = (name: string) => {
  const flash = Buffer.alloc(0x400_000, 0xff);
  readFileSync(flashFile(name)).copy(flash);
  return flash;
};
const FILE = here('first.backup');

beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  home.makeBoard('first', 'micropython');
  home.makeBoard('second', 'micropython');
  home.makeBoard('large', 'micropython-esp32');
  const flash = flashOf('first');
  flash.fill('noise here ', 0xc0_010, 0xd2_345);
  writeFileSync(flashFile('first'), flash);
  const run = await home.call(['backup', FILE, '--port', board('first'), '--json']);
  expect(run.result()).toMatchObject({ ok: true, chip: 'ESP8266', flashSizeBytes: 0x400_000 });
});
afterAll(() => home[Symbol.dispose]());

/** What is in front of the files, which change whenever the board starts. */
function expectSaved(file: string): void {
  const { flash } = decodeBackup(readFileSync(file), file);
  expect(Buffer.from(flash.subarray(0, 0x100_000)).equals(flashOf('first').subarray(0, 0x100_000))).toBe(
    true,
  );
}

const header = (file: string) => JSON.parse(readFileSync(file, 'latin1').split('\n', 1)[0] ?? '');

test('the file begins with a line of JSON, leaves out what is erased, and is for its owner only', () => {
  const { flashSizeBytes } = header(FILE);
  expect(header(FILE)).toMatchObject({
    format: 'esp-portal backup',
    chip: 'ESP8266',
    mac: expect.stringMatching(/^([\da-f]{2}:){5}[\da-f]{2}$/),
    flashMode: expect.any(String),
    micropython: expect.stringMatching(/^1\./),
  });
  expect(statSync(FILE).size).toBeLessThan(flashSizeBytes / 4);
  expect(statSync(FILE).mode & 0o777).toBe(0o600);
  expect(existsSync(`${FILE}.partial`)).toBe(false);
});

test('says that secrets are in it, and does not overwrite a file', async () => {
  const run = await home.call(['backup', here('again.backup'), '--port', board('first')]);
  expect(run.stdout).toContain('WiFi passwords included');
  const second = await home.call(['backup', FILE, '--port', board('first')]);
  expect(second.exitCode).toBe(2);
  expect(second.stderr).toContain('exists already');
  const nowhere = await home.call(['backup', here('no/folder/x'), '--port', board('first')]);
  expect(nowhere.exitCode).toBe(2);
  expect(nowhere.stderr).toContain('there is no folder');
});

test('the header of an ESP32 has its partitions', async () => {
  const run = await home.call(['backup', here('large.backup'), '--port', board('large', '&chip=esp32')]);
  expect(run.exitCode, run.stderr).toBe(0);
  expect(header(here('large.backup')).partitions).toContainEqual(
    expect.objectContaining({ label: 'factory', address: 0x10000 }),
  );
});

test('an interrupted backup is continued, and what changed since then is read again', async () => {
  const file = here('cut.backup');
  const stop = new AbortController();
  {
    await using port = await openPort(board('first'));
    const cut = backup(port, file, {
      signal: stop.signal,
      onProgress: (event) => {
        if (event.event === 'bytes' && event.doneBytes > 0xd4_000)
          stop.abort(new PortalError('interrupted', 'stopped'));
      },
    });
    await expect(cut).rejects.toMatchObject({
      message: expect.stringContaining('stopped'),
      next: `Run the same command again: it continues from ${file}.partial.`,
    });
  }
  expect(existsSync(file)).toBe(false);
  expect(statSync(`${file}.partial`).mode & 0o777).toBe(0o600);
  const partial = readFileSync(`${file}.partial`);
  const run = await home.call(['backup', file, '--port', board('first'), '--json']);
  expect(run.result()).toMatchObject({ ok: true, resumedBytes: expect.any(Number) });
  expect(Number(run.result().resumedBytes)).toBeGreaterThanOrEqual(0x10000);
  expectSaved(file);

  partial[0x8000] = 0x5a; // as if the board had had this byte then
  const other = here('stale.backup');
  writeFileSync(`${other}.partial`, partial);
  expect((await home.call(['backup', other, '--port', board('first')])).exitCode).toBe(0);
  expectSaved(other);
});

describe('restore', () => {
  const restore = (name: string, file: string, ...more: string[]) =>
    home.call([
      'restore',
      file,
      '--port',
      board(name, name === 'large' ? '&chip=esp32' : ''),
      '--json',
      ...more,
    ]);

  test('refuses another board without --other-board', async () => {
    const before = flashOf('second').subarray(0, 0x100_000);
    const run = await restore('second', FILE);
    expect(run.result()).toMatchObject({ exitCode: 5, error: { code: 'backup-other-board' } });
    expect(run.stdout).toContain('--other-board');
    expect(flashOf('second').subarray(0, 0x100_000).equals(before)).toBe(true);
  });

  test('makes another board a copy, writes only what differs, and the copy runs', async () => {
    const run = await restore('second', FILE, '--other-board');
    const writtenBytes = Number(run.result().writtenBytes);
    expect(writtenBytes).toBeGreaterThanOrEqual(0x20000);
    expect(writtenBytes).toBeLessThan(0x80000);
    expect(
      flashOf('second').subarray(0xc0_000, 0xe0_000).equals(flashOf('first').subarray(0xc0_000, 0xe0_000)),
    ).toBe(true);
    expect((await home.call(['files', 'ls', '--port', board('second')])).exitCode).toBe(0);
  });

  test('refuses another chip', async () => {
    const run = await restore('large', FILE, '--other-board');
    expect(run.result()).toMatchObject({ error: { code: 'backup-other-board' } });
  });

  test.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, -1), 'damaged or incomplete'],
    [
      'changed',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 100_000 ? byte ^ 1 : byte))),
      'the piece at 0x',
    ],
    ['of another kind', () => Buffer.from('{"format":"tar"}\n'), 'is not a backup'],
    ['empty', () => Buffer.of(), 'is not a backup'],
  ])('refuses a file that is %s, before the board is touched', async (name, change, message) => {
    const file = here(`damaged ${name}`);
    writeFileSync(file, change(readFileSync(FILE)));
    const run = await restore('second', file, '--other-board');
    expect(run.result()).toMatchObject({ error: { code: 'backup-invalid' } });
    expect(run.stdout).toContain(message);
  });
});

test('backup --files copies the files into a folder', async () => {
  const run = await home.call(['backup', here('copied'), '--files', '--port', board('first')]);
  expect(run.exitCode, run.stderr).toBe(0);
  expect(readFileSync(here('copied/boot.py'))).toEqual(readFileSync(home.boardFile('first', 'boot.py')));
  expect(statSync(here('copied/boot.py')).mode & 0o777).toBe(0o600);
});

/** Where MicroPython's image would be, there is something else. */
function foreign(name: string): Buffer {
  home.makeBoard(name, 'micropython');
  const flash = Buffer.alloc(0x400_000, 0xff);
  flash.fill('another firmware ', 0, 0x20_000);
  writeFileSync(flashFile(name), flash);
  return flash;
}

describe.skipIf(process.platform === 'win32')('where no file may be larger than 200 KB', () => {
  /** @returns the last line of `--json` */
  async function limited(...words: string[]) {
    const inShell = ['-c', 'ulimit -f 200; exec "$0" "$@"', process.execPath, BIN];
    const env = { ...process.env, ESP_PORTAL_STATE_DIR: home.folder };
    const run = execFile('sh', [...inShell, ...words, '--json'], { env });
    let stdout = '';
    for await (const text of run.stdout ?? []) stdout += text;
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  }
  const TOO_LARGE = expect.stringContaining('the file is larger than the system permits');

  test('a backup keeps what it has read, and continues where there is room', async () => {
    const flash = foreign('full');
    const file = here('full.backup');
    expect(await limited('backup', file, '--port', board('full'))).toMatchObject({
      error: {
        code: 'output-failed',
        message: TOO_LARGE,
        next: `Free space on the disk, and run the same command again: it continues from ${file}.partial.`,
      },
    });
    expect(existsSync(file)).toBe(false);
    const run = await home.call(['backup', file, '--port', board('full'), '--json']);
    expect(Number(run.result().resumedBytes)).toBeGreaterThanOrEqual(0x10000);
    expect(flash.equals(decodeBackup(readFileSync(file), file).flash)).toBe(true);
    expect(existsSync(`${file}.partial`)).toBe(false);
  });

  test('an image leaves the file that was there, and nothing else', async () => {
    mkdirSync(here('images'));
    writeFileSync(here('images/lamp.bin'), 'an earlier one');
    expect(await limited('image', '-o', here('images/lamp.bin'), '--port', 'virtual:')).toMatchObject({
      error: { code: 'output-failed', message: TOO_LARGE },
    });
    expect(readdirSync(here('images'))).toEqual(['lamp.bin']);
    expect(readFileSync(here('images/lamp.bin'), 'utf8')).toBe('an earlier one');
  });
});

describe('before a flash with other data is erased', () => {
  const firmware = here('own.bin');
  beforeAll(() => writeFileSync(firmware, ownFirmware().bytes));

  test('--backup saves it', async () => {
    const flash = foreign('foreign');
    const file = here('foreign.backup');
    const run = await home.call(['flash', '--backup', file, '--port', board('foreign')]);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain(`The flash is saved in ${file}.`);
    expect(flash.equals(decodeBackup(readFileSync(file), file).flash)).toBe(true);
    const again = await home.call(['flash', '--backup', here('not-needed'), '--port', board('foreign')]);
    expect(again.exitCode).toBe(0);
    expect(existsSync(here('not-needed'))).toBe(false);
  });

  test.skipIf(!python)(
    'nothing is erased after Ctrl-C at the question, or where the file exists; no file is made after a no',
    async () => {
      const flash = foreign('doubt');
      await using served = await serveBoard(board('doubt'));
      async function answer(command: string, key: string) {
        const words = [command, '--firmware', firmware, '--port', served.url];
        const run = new TerminalRun(home, words, { cwd: home.folder });
        await run.sent(/Save it in a file first\? \[y\/N\] /);
        run.type(key);
        return { exitCode: await run.end(), text: run.received };
      }
      for (const command of ['flash', 'setup']) {
        expect(await answer(command, '\x03')).toMatchObject({
          exitCode: 130,
          text: expect.stringContaining('Nothing on the board was changed'),
        });
        expect(flashOf('doubt').equals(flash)).toBe(true);
      }
      const mac = Buffer.from(boardMac('doubt', CHIPS.esp8266.macVendor)).toString('hex');
      const existing = here(`esp8266-${mac}.backup`);
      writeFileSync(existing, 'an earlier one');
      expect(await answer('flash', 'y\r')).toMatchObject({
        exitCode: 2,
        text: expect.stringMatching(/exists already.*--backup FILE/s),
      });
      expect(readFileSync(existing, 'utf8')).toBe('an earlier one');
      expect(flashOf('doubt').equals(flash)).toBe(true);
      rmSync(existing);

      expect((await answer('flash', 'n\r')).exitCode).toBe(0);
      expect(existsSync(existing)).toBe(false);
      expect(flashOf('doubt').equals(flash)).toBe(false);
    },
  );

  test.skipIf(!python)('a person is asked, and so is one with the backup of another board', async () => {
    const flash = foreign('asked');
    await using served = await serveBoard(board('asked'));
    const words = ['flash', '--firmware', firmware, '--port', served.url];
    const run = new TerminalRun(home, words, { cwd: home.folder });
    await run.sent(/Save it in a file first\? \[y\/N\] /);
    run.type('y\r');
    expect(await run.end()).toBe(0);
    const file = /saved in (\S+\.backup)/.exec((await run.screen()).join(''))?.[1] ?? '';
    expect(flash.equals(decodeBackup(readFileSync(here(file)), file).flash)).toBe(true);

    const copy = new TerminalRun(home, ['restore', FILE, '--port', served.url]);
    await copy.sent(/Make it a copy\? \[y\/N\] /);
    copy.type('n\r');
    expect(await copy.end()).toBe(5);
  });
});
