// run and exec: a program in the memory of a board, its output, and how the board is left.

import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';

const home = new CliHome();
const IGNORES_CTRL_C = `import time
print('going')
while True:
    try:
        time.sleep(0.05)
    except BaseException:
        pass
`;

/** It stays powered from test to test. */
let lab: Awaited<ReturnType<typeof serveBoard>>;
beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  home.makeBoard('lab', 'micropython');
  lab = await serveBoard(board('lab'));
});
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

function program(name: string, code: string): string {
  const path = join(home.folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, code);
  return path;
}

const run = (...words: string[]) => home.call(['run', ...words, '--port', lab.url]);
const exec = (code: string, ...words: string[]) => home.call(['exec', code, '--port', lab.url, ...words]);

test('prints the output alone on stdout, and changes no file on the board', async () => {
  await exec('print(0)');
  const before = readdirSync(home.boardFile('lab', '.'));
  const path = program('hello.py', "\ufeffimport sys\nprint('Grüße', end='')\nsys.exit()\n");
  expect(await run(path)).toMatchObject({ exitCode: 0, stdout: 'Grüße' });
  expect(readdirSync(home.boardFile('lab', '.'))).toEqual(before);
});

test('reads standard input', async () => {
  const { stdout } = await home.run(['run', '-', '--port', lab.url], undefined, {}, 'print(6 * 7)\n');
  expect(stdout).toBe('42\r\n');
});

test('a traceback names the file on this computer and ends with status 7', async () => {
  const path = program('app/sensor.py', 'def read():\n    return 1 / 0\n\nread()\n');
  const { exitCode, stderr } = await run(path);
  expect(exitCode).toBe(7);
  expect(stderr).toContain(`File "${path}", line 2, in read\n`);
  expect(stderr).toContain(`Next: Correct ${path}:2, and run it again.`);
});

test('runs a program of 150 KB', async () => {
  // Mostly comments, and without RFC 2217 in between: code takes longer to compile, and 1,200 windows to pass.
  const functions = Array.from(
    { length: 400 },
    (_, n) => `# ${'-'.repeat(340)}\ndef f${n}(a, b):\n    return a + b + ${n}\n`,
  );
  const path = program('large.py', `${functions.join('')}print(f399(1, 2))\n`);
  expect(statSync(path).size).toBeGreaterThan(150_000);
  home.makeBoard('large', 'micropython');
  const answer = await home.call(['run', path, '--port', board('large')]);
  expect(answer).toMatchObject({ exitCode: 0, stdout: '402\r\n' });
});

test('with --json the output comes as events, and a restart is in the result', async () => {
  const answer = await exec("print('a'); import machine; machine.reset()", '--json');
  expect(answer.json()).toContainEqual(expect.objectContaining({ event: 'line', raw: 'a' }));
  expect(answer.result()).toMatchObject({ ok: true, ended: 'restarted' });
});

describe('a program that does not end', () => {
  test('is stopped after --timeout, by a reset if it ignores Ctrl-C', async () => {
    const path = program('endless.py', IGNORES_CTRL_C);
    const { exitCode, stdout, stderr } = await run(path, '--timeout', '1');
    expect([exitCode, stdout]).toEqual([8, 'going\r\n']);
    expect(stderr).toContain('ignored Ctrl-C, so the board was reset');
  });

  test('ends with status 130 at Ctrl-C', async () => {
    const path = program('loop.py', "import time\nprint('going')\nwhile True:\n    time.sleep(0.05)\n");
    const running = home.start(['run', path, '--port', lab.url]);
    await running.line('going');
    expect(await running.stop()).toMatchObject({ exitCode: 130 });
  });
});

describe('refuses', () => {
  test.each([
    ['a file that does not exist', 'nothing.py', undefined, 'does not exist'],
    ['a folder', '.', undefined, 'is a directory'],
    [
      'code that ends itself',
      'ends.py',
      'a = 1\nprint("\x04")\n',
      'ends.py:2 has the control character \\x04',
    ],
    ['code in another encoding', 'latin.py', Buffer.from([0x23, 0xe9, 0x0a]), 'is not UTF-8'],
    ['an empty file', 'empty.py', '\n', 'is empty'],
  ])('%s', async (_, name, code, message) => {
    const path = join(home.folder, name);
    if (code !== undefined) writeFileSync(path, code);
    const { exitCode, stderr } = await run(path);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

test.skipIf(!python)('control sequences of a program do not reach the terminal', async () => {
  const path = program('steers.py', "print('\\x1b[2J\\x1b]0;title\\x07before', end='')\n");
  const terminal = new TerminalRun(home, ['run', path, '--port', lab.url], { extraEnv: { NO_COLOR: '1' } });
  expect(await terminal.end()).toBe(0);
  expect(terminal.received).not.toContain('\x1b[2J');
  expect(terminal.received).toContain('\\x1b[2J');
});
