// files on a board whose program changes what the tool's own programs print: nothing leaves the folder that was named.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
const here = (name: string) => join(home.folder, name);
afterAll(() => home[Symbol.dispose]());

/** Lines that follow the first of a listing. */
const LIES = [
  ['../escaped', 5],
  ['/escaped', 5],
  ['folder', -1],
  ['folder/../../escaped', 5],
  ['folder\\..\\..\\escaped', 5],
  ['..', -1],
  ['', 5],
  ['line\nbreak', 5],
  ['clear\x1b[2Jscreen', 5],
  ['nul\0', 5],
  [`long ${'x'.repeat(251)}`, 5],
] as const;

function liar(name: string, lies: readonly (readonly [string, number])[]): string {
  home.makeBoard(name, 'micropython');
  const lines = lies.map((lie) => JSON.stringify(JSON.stringify(lie)));
  const program = [
    'import builtins',
    'tell = print',
    'def lie(*words, **more):',
    '    tell(*words, **more)',
    "    if words and str(words[0])[:7] == '[\"boot.':",
    ...lines.map((line) => `        tell(${line})`),
    'builtins.print = lie',
  ];
  writeFileSync(home.boardFile(name, 'boot.py'), `${program.join('\n')}\n`);
  return board(name);
}

test('get --recursive skips every name that leads elsewhere, and lists it', async () => {
  const port = liar('liar', LIES);
  mkdirSync(here('in'));
  const before = readdirSync(home.folder);
  const run = await home.call(['files', 'get', '-r', '/', here('in/copy'), '--port', port, '--json']);
  expect(run.result()).toMatchObject({ ok: true, files: ['boot.py'] });
  expect(run.result().skipped).toHaveLength(LIES.length - 1);
  expect(readdirSync(here('in'))).toEqual(['copy']);
  expect(readdirSync(here('in/copy')).sort()).toEqual(['boot.py', 'folder']);
  expect(readdirSync(home.folder)).toEqual(before);
  expect(existsSync('/escaped')).toBe(false);
  expect(readFileSync(here('in/copy/boot.py'), 'utf8')).toContain('builtins.print');

  for (const words of [
    ['files', 'ls'],
    ['files', 'get', '-r', '/', here('in/copy')],
  ]) {
    const { stdout, stderr, exitCode } = await home.call([...words, '--port', port]);
    expect(exitCode, stderr).toBe(0);
    expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  }
});

test.each([
  ['is not there', 'nowhere.py', 5, 'board-no-file'],
  ['has another size', 'boot.py', 2 ** 40, 'transfer-failed'],
])('a file that %s is named', async (_what, path, size, code) => {
  const port = liar(code, [[path, size]]);
  const run = await home.call(['files', 'get', '-r', '/', here(code), '--port', port, '--json']);
  expect(run.result()).toMatchObject({ error: { code, message: expect.stringContaining(path) } });
});
