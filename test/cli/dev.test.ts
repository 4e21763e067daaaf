// dev on a terminal: what it shows of an edit, its keys, and its links.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';

const home = new CliHome();
const folder = join(home.folder, 'app');
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const version = (number: number) =>
  `print('version ${number}')\nimport time\nwhile True:\n    time.sleep(0.05)\n`;

/** A board that this process serves costs less than a process for it at each run. */
let desk: Awaited<ReturnType<typeof serveBoard>>;
beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  home.makeBoard('desk', 'portal');
  writeFileSync(home.boardFile('desk', 'wifi.creds'), 'Home WiFi,correct horse\n');
  mkdirSync(folder);
  desk = await serveBoard(board('desk'));
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

describe.skipIf(!python)('on a terminal', () => {
  test('shows edits and mistakes with links, obeys its keys, and leaves the program running', async () => {
    write('app.py', version(1));
    const run = new TerminalRun(home, ['dev', 'app', '--port', desk.url], {
      cwd: home.folder,
      extraEnv: { TERM_PROGRAM: 'vscode' },
    });
    await run.sentNext('r restarts the board');
    await run.sentNext('version 1');
    write('app.py', 'x = 1\nprint(x))\n');
    await run.sentNext('SyntaxError: invalid syntax');
    await run.sentNext('    print(x))');
    await run.sentNext('    ^~~~~~~~~');
    write('app.py', 'def f():\n    return 1 / 0\nf()\n');
    await run.sentNext('Sent app.py');
    await run.sentNext('\x1b]8;;file://');
    await run.sentNext('app/app.py:2\x1b]8;;\x1b\\: ZeroDivisionError: divide by zero');
    write('app.py', version(2));
    await run.sentNext('version 2');
    run.type('r');
    await run.sentNext('Connected to Home WiFi');
    await run.sentNext('version 2');
    run.type('i');
    await run.sentNext('>>> ');
    run.type('print(6 * 7)\r');
    await run.sentNext('42');
    run.type('\x1d');
    await run.sentNext('version 2');
    run.type('q');
    expect(await run.end()).toBe(0);
  });

  test('the current folder is removed, and comes back; Ctrl-C leaves it with status 0', async () => {
    const here = join(home.folder, 'here');
    const writeHere = (number: number) => {
      mkdirSync(here);
      writeFileSync(join(here, 'app.py'), version(number));
    };
    writeHere(6);
    const run = new TerminalRun(home, ['dev', '--port', desk.url], { cwd: here });
    await run.sentNext('version 6');
    rmSync(here, { recursive: true });
    await run.sentNext('there is no such folder');
    writeHere(7);
    await run.sentNext('version 7');
    run.type('\x03');
    expect(await run.end()).toBe(0);
  });
});

test.skipIf(!python)('the key r on a port without reset lines says so', async () => {
  home.makeBoard('unwired', 'portal');
  writeFileSync(home.boardFile('unwired', 'wifi.creds'), 'Home WiFi,correct horse\n');
  write('app.py', version(8));
  await using served = await serveBoard(board('unwired'), undefined, 'raw');
  const run = new TerminalRun(home, ['dev', folder, '--port', served.url]);
  await run.sentNext('version 8');
  run.type('r');
  await run.sentNext('has no reset lines: press RESET on the board.');
  run.type('q');
  expect(await run.end()).toBe(0);
});

test('with --json, what was sent is an event; an interrupted installation and a folder that is not there are errors', async () => {
  write('app.py', version(4));
  const dev = home.start(['dev', folder, '--port', desk.url, '--json']);
  await dev.line('version 4');
  write('app.py', version(5));
  expect(JSON.parse(await dev.line('"event":"sent"'))).toMatchObject({ sent: ['app.py'], restart: 'app' });
  await dev.line('version 5');
  expect((await dev.stop()).result()).toMatchObject({ command: 'dev', ok: true });
  const cut = home.start(['dev', folder, '--port', desk.url, '--json']);
  await cut.line('"step":"enter-repl"');
  expect((await cut.stop()).result()).toMatchObject({ ok: false, exitCode: 130 });
  const missing = await home.call(['dev', join(home.folder, 'nowhere'), '--port', desk.url]);
  expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('there is no such folder')]);
});
