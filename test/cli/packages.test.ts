// Packages of a project: added, installed with the program, removed; on a computer that is offline afterwards.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { PackageSite } from '../support/package-site.js';

const home = new CliHome();
const project = join(home.folder, 'project');
let site: PackageSite;
beforeAll(async () => {
  site = await PackageSite.start();
  mkdirSync(join(project, '.git'), { recursive: true });
  mkdirSync(join(project, 'program'));
  writeFileSync(join(project, 'program/app.py'), 'import greeting\nprint(greeting.TEXT)\n');
  home.makeBoard('packages', 'portal');
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

async function output(...args: string[]) {
  const env = {
    HOME: home.folder,
    XDG_CONFIG_HOME: join(home.folder, 'config'),
    ESP_PORTAL_PACKAGE_INDEX: site.index,
  };
  const { stdout, stderr } = await home.call(args, env, project);
  return stdout + stderr;
}

async function run(...args: string[]) {
  return { result: JSON.parse((await output(...args, '--json')).trim().split('\n').at(-1) ?? '{}') };
}

const install = (...args: string[]) => run('install', '--port', board('packages'), ...args);
const onBoard = (path: string) => home.boardFile('packages', path);
const settings = () => JSON.parse(readFileSync(join(project, 'esp-portal.json'), 'utf8'));

test('a package is added, sent with the program, and removed', { timeout: 60_000 }, async () => {
  site.add('words', { files: { 'words.py': 'HELLO = "Hello"\n' } });
  site.add('greeting', {
    files: { 'greeting.py': 'from words import HELLO as TEXT\n' },
    deps: [['words', '']],
  });
  writeFileSync(join(project, 'esp-portal.json'), '{\n    "app": "program"\n}\n');
  expect((await output('add', 'greeting')).trim().split('\n')).toEqual([
    'Added greeting (1.0.0): 2 files, 48 bytes.',
    'It needs words 1.0.0.',
    'To send it to the board: esp-portal install',
  ]);
  expect(readFileSync(join(project, 'esp-portal.json'), 'utf8')).toBe(
    '{\n    "app": "program",\n    "packages": [\n        "greeting"\n    ]\n}\n',
  );
  await site[Symbol.asyncDispose]();
  const installed = await install();
  expect(installed.result).toMatchObject({
    ok: true,
    sent: expect.arrayContaining(['app.py', 'lib/greeting.py', 'lib/words.py']),
  });
  expect(readFileSync(onBoard('lib/words.py'), 'utf8')).toBe('HELLO = "Hello"\n');
  expect((await install()).result).toMatchObject({ ok: true, filesSent: 0 });
  expect((await run('remove', 'greetings')).result).toMatchObject({
    error: { code: 'usage', message: expect.stringContaining('Did you mean greeting?') },
  });
  await run('remove', 'greeting');
  expect(settings()).toEqual({ app: 'program', packages: [] });
  expect((await install()).result).toMatchObject({ removed: ['lib/greeting.py', 'lib/words.py'] });
  expect(existsSync(onBoard('lib/words.py'))).toBe(false);
  site = await PackageSite.start();
});

test('a list in esp-portal.json is locked by install, not by a dry run', { timeout: 60_000 }, async () => {
  site.add('greeting', { files: { 'greeting.py': 'TEXT = "Hi"\n' } });
  writeFileSync(join(project, 'esp-portal.json'), '{"app": "program", "packages": ["greeting@1.0.0"]}');
  const lock = join(project, 'esp-portal.lock.json');
  const before = readFileSync(lock, 'utf8');
  expect((await install('--dry-run')).result).toMatchObject({
    ok: true,
    sent: ['lib/greeting.py'],
  });
  expect(readFileSync(lock, 'utf8')).toBe(before);
  expect((await install()).result).toMatchObject({ ok: true, sent: ['lib/greeting.py'] });
  expect(Object.keys(JSON.parse(readFileSync(lock, 'utf8')).formats['6'])).toEqual(['greeting@1.0.0']);
});

test('nothing is changed by a package that cannot be added', async () => {
  const before = JSON.stringify(settings());
  expect((await run('add', 'missing')).result).toMatchObject({ error: { code: 'package-failed' } });
  site.add('bad', { files: { '../main.py': 'x' } });
  expect((await run('add', 'bad')).result).toMatchObject({ error: { code: 'package-failed' } });
  expect(JSON.stringify(settings())).toBe(before);
});

test('packages without a program are refused before the board is touched', async () => {
  writeFileSync(join(project, 'esp-portal.json'), '{"packages": ["greeting"]}');
  expect((await install()).result).toMatchObject({
    error: { code: 'usage', message: expect.stringContaining('"packages" are a part of your program') },
  });
});
