// files by what it prints and leaves, on a virtual board and on this computer.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
const PORT = board('home');
const there = (name: string) => home.boardFile('home', name);
const here = (name: string) => join(home.folder, name);
const files = (...words: string[]) => home.call(['files', ...words, '--port', PORT]);

beforeAll(() => {
  home.makeBoard('home', 'portal');
  writeFileSync(there('main.py'), ''); // the portal need not start for each command
  mkdirSync(there('data/old'), { recursive: true });
  writeFileSync(there('data/log.txt'), 'first\n\x1b[2Jsecond\n');
  writeFileSync(there('data/old/log.bin'), Buffer.alloc(40_000, 'bytes\0'));
});
afterAll(() => home[Symbol.dispose]());

test('ls lists files with their sizes, folders, and what belongs to the portal', async () => {
  const run = await files('ls');
  expect(run.stderr).not.toContain('Error');
  expect(run.stdout).toMatch(/^ +17 {2}data\/log\.txt$/m);
  expect(run.stdout).toMatch(/^ +data\/old\/$/m);
  expect(run.stdout).toMatch(/^ +\d+ {2}portal\.manifest {2}\(portal\)$/m);
  expect(run.stdout).toMatch(/^ +\d+ {2}captive_portal\.mpy {2}\(portal\)$/m);
  const inside = await files('ls', '/data/', '--json');
  expect(inside.result()).toMatchObject({
    entries: [
      { path: 'data/log.txt', kind: 'file', sizeBytes: 17, isPortal: false },
      { path: 'data/old', kind: 'folder' },
      { path: 'data/old/log.bin', sizeBytes: 40_000 },
    ],
  });
});

test('cat gives a pipe the bytes as they are, and --json the text', async () => {
  expect((await files('cat', 'data/log.txt')).stdout).toBe('first\n\x1b[2Jsecond\n');
  const run = await files('cat', 'data/log.txt', '--json');
  expect(run.result()).toMatchObject({ text: 'first\n\x1b[2Jsecond\n' });
  expect(run.stdout).not.toContain('\x1b');
});

describe('get', () => {
  test('copies a file of many parts', async () => {
    const run = await files('get', 'data/old/log.bin', here('got.bin'));
    expect(run.exitCode, run.stderr).toBe(0);
    expect(readFileSync(here('got.bin'))).toEqual(readFileSync(there('data/old/log.bin')));
  });

  test('leaves a file of the portal readable by its owner only: passwords may be in it', async () => {
    writeFileSync(there('wifi.creds'), 'Home,secret\n');
    expect((await files('get', 'wifi.creds', here('creds'))).exitCode).toBe(0);
    expect(statSync(here('creds')).mode & 0o777).toBe(0o600);
    rmSync(there('wifi.creds'));
  });

  test('copies a folder with --recursive, and nothing to outside of it', async () => {
    writeFileSync(there('data/..\\escaped'), 'x');
    const run = await files('get', '-r', 'data', here('data'), '--json');
    expect(run.result()).toMatchObject({
      files: ['data/log.txt', 'data/old/log.bin'],
      skipped: ['data/..\\escaped'],
    });
    rmSync(there('data/..\\escaped')); // a virtual board lists such a name and cannot open it
    expect(readFileSync(here('data/log.txt'))).toEqual(readFileSync(there('data/log.txt')));
  });

  test('does not follow a link in the target folder', async () => {
    mkdirSync(here('linked'));
    mkdirSync(here('outside'));
    symlinkSync(here('outside'), here('linked/old'));
    const run = await files('get', '-r', 'data', here('linked'), '--json');
    expect(run.result()).toMatchObject({ ok: false, error: { code: 'output-failed' } });
    expect(existsSync(here('outside/log.bin'))).toBe(false);
  });

  test('refuses a folder without --recursive', async () => {
    expect((await files('get', 'data')).stderr).toContain('data is a folder on the board');
  });
});

describe('put', () => {
  test('replaces a file, and the board runs it', async () => {
    writeFileSync(here('main.py'), 'print("replaced main runs")\n');
    const run = await files('put', here('main.py'));
    expect(run.stdout).toContain('1 file (0.0 KB) copied to the board: main.py.');
    expect(readFileSync(there('main.py'), 'utf8')).toBe('print("replaced main runs")\n');
    expect(existsSync(there('portal.new'))).toBe(false);
  });

  test('copies a folder with --recursive into new folders, and keeps main.py', async () => {
    mkdirSync(here('app/lib'), { recursive: true });
    writeFileSync(here('app/lib/sensor.py'), 'value = 1\n');
    writeFileSync(here('app/empty'), '');
    const run = await files('put', '-r', here('app'), 'new/place', '--json');
    expect(run.result()).toMatchObject({ files: ['new/place/empty', 'new/place/lib/sensor.py'] });
    expect(readFileSync(there('new/place/lib/sensor.py'), 'utf8')).toBe('value = 1\n');
    expect(readFileSync(there('new/place/empty'))).toHaveLength(0);
    expect(readFileSync(there('main.py'), 'utf8')).toContain('replaced');
  });

  test('names the largest files when the filesystem has no room', async () => {
    writeFileSync(here('large.bin'), Buffer.alloc(6_000_000));
    const run = await files('put', here('large.bin'), '--json');
    expect(run.result()).toMatchObject({ error: { code: 'board-no-space' } });
    expect(String((run.result().error as { message: string }).message)).toMatch(
      /The upload needs 60\d\d\.\d KB.*large/s,
    );
    expect(existsSync(there('large.bin'))).toBe(false);
  });
});

describe('rm', () => {
  test('removes a folder with --recursive, and only that', async () => {
    expect((await files('rm', 'data', '--json')).result()).toMatchObject({ error: { code: 'usage' } });
    const run = await files('rm', '-r', 'data');
    expect(run.exitCode, run.stderr).toBe(0);
    expect(existsSync(there('data'))).toBe(false);
    expect(existsSync(there('main.py'))).toBe(true);
  });

  test('removes a file', async () => {
    expect((await files('rm', '/main.py')).stdout).toBe('Removed: main.py.\n');
    expect(existsSync(there('main.py'))).toBe(false);
  });
});

test.each([
  [['files'], 'files needs an action: ls, get, put, rm, cat.'],
  [['files', 'cp', 'x'], 'action cannot be "cp"; it is one of ls, get, put, rm, cat.'],
  [['files', 'get'], 'files get needs a path.'],
  [['files', 'rm', 'a', 'b'], 'files rm takes one path, not also "b".'],
  [['files', 'cat', '../x'], 'without ".."'],
  [['files', 'rm', '/'], 'esp-portal flash --erase'],
  [['files', 'rm', '-r', ''], 'files: PATH is empty'],
  [['files', 'get', 'main.py', ''], 'files: TO is empty'],
  [['files', 'put', '-'], 'files takes no "-": name a file, one of that name as ./-.'],
  [['backup', ''], 'backup: FILE is empty'],
  [['backup', '-'], 'backup takes no "-"'],
  [['restore', '-'], 'restore takes no "-"'],
])('%j is refused', async (words, message) => {
  const run = await home.call([...words, '--port', PORT]);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(message);
});
