// Text from outside does not steer the terminal, by whatever way it gets there. What is drawn on a terminal only (steps, a
// log as bytes, a REPL) runs in a pseudo-terminal; messages are the same in a pipe.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';

const home = new CliHome();

/** Sets the title, rings, clears (as C1 too), reverses what follows, and begins a line of its own. */
const HOSTILE = '\x1b]0;owned\x07\x1b[2J\u009b2J\u202eevil';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
const STEERS = /\x1b\]|\x07|\x1b\[2J|[\x80-\x9f\u202e]|\x1bc/;

let board: Server;
beforeAll(async () => {
  board = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(Buffer.from('\x9b1m\r\n', 'latin1'));
    socket.write(
      `${HOSTILE}\r\nTraceback (most recent call last):\r\n  File "${HOSTILE}"\r\nValueError: ${HOSTILE}\r\nEND\r\n`,
    );
    socket.once('data', () => socket.end());
  }).listen(0, '127.0.0.1');
  await once(board, 'listening');
});
afterAll(() => {
  board.close();
  home[Symbol.dispose]();
});

/** @returns everything that the terminal gets, a character for each byte */
async function bytesOnTerminal(
  args: readonly string[],
  cwd: string,
  extraEnv: Readonly<Record<string, string>> = {},
): Promise<string> {
  const run = new TerminalRun(home, args, { columns: 200, rows: 40, cwd, extraEnv });
  await run.end();
  return run.received;
}

const decoded = (bytes: string) => Buffer.from(bytes, 'latin1').toString();

const address = () => `socket://127.0.0.1:${(board.address() as AddressInfo).port}`;

/** @returns what the program says, on whatever */
async function said(
  args: readonly string[],
  cwd = home.folder,
  extraEnv: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout, stderr } = await home.call([...args, '--verbose'], extraEnv, cwd);
  return stdout + stderr;
}

function expectShown(shown: string): void {
  expect(shown).toContain('evil');
  expect(shown).not.toMatch(STEERS);
}

describe.skipIf(!python || process.platform !== 'linux')('on a terminal', () => {
  test.each<[string, () => string[]]>([
    [
      'the name of a file that is not there',
      () => ['flash', '--port', 'virtual:x', '--firmware', `./${HOSTILE}.bin`],
    ],
    ['an error on the board', () => ['monitor', '--port', address(), '--fail-on', 'python.traceback']],
  ])('%s is shown, not obeyed', async (_what, args) => {
    expectShown(decoded(await bytesOnTerminal([...args(), '--verbose'], home.folder)));
  });

  test.each([
    ['a log', []],
    ['the bytes of a log', ['--raw']],
    ['a REPL', ['--interactive']],
  ])('%s is shown, not obeyed, and without colours there is no control sequence', async (_what, how) => {
    const args = ['monitor', '--port', address(), '--until', '/END/', ...how];
    const bytes = await bytesOnTerminal(args, home.folder, { NO_COLOR: '1' });
    expectShown(decoded(bytes));
    expect(bytes).toContain('\\x1b]0;owned\\x07');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(bytes).not.toMatch(/[\x1b\x07\x9b]/);
  });

  test('what a program on the board raises is shown, not obeyed', async () => {
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    home.makeBoard('raises', 'micropython');
    const main = home.boardFile('raises', 'main.py');
    writeFileSync(
      main,
      `from captive_portal import CaptivePortal\nraise ValueError(${JSON.stringify(HOSTILE)})\n`,
    );
    await using served = await serveBoard('virtual:raises?speed=max&http=0&dns=0');
    const args = ['install', '--port', served.url, '--verbose'];
    const shown = decoded(await bytesOnTerminal(args, home.folder));
    expect(shown).toContain('ValueError');
    expectShown(shown);
  });
});

test.each<[string, string[]]>([
  ['an address', ['flash', '--port', 'virtual:x', '--firmware', `http://127.0.0.1:9/${HOSTILE}`]],
  ['a port', ['flash', '--port', `/dev/${HOSTILE}`]],
  ['an option', ['flash', `--${HOSTILE}`]],
  ['a command', [HOSTILE]],
  ["an option's value", ['monitor', '--timestamp', HOSTILE]],
  ['the folder of a report', ['flash', '--port', '/dev/no', '--report', `/no/${HOSTILE}/x`]],
  ['a log file', ['monitor', '--port', 'socket://127.0.0.1:9', '--log-file', `/no/${HOSTILE}/x`]],
])('%s is shown, not obeyed', async (_what, args) => {
  expectShown(await said(args));
});

test("a settings file's names, and the folder it is in, are shown, not obeyed", async () => {
  const folder = join(home.folder, HOSTILE);
  mkdirSync(folder);
  writeFileSync(join(folder, 'esp-portal.json'), JSON.stringify({ [HOSTILE]: 1 }));
  expectShown(await said(['flash'], folder));
});

test("a variable's name is shown, not obeyed", async () => {
  const shown = await said(['config'], home.folder, { [`ESP_PORTAL_JSO${'\x07'}`]: '1' });
  expect(shown).toContain('ESP_PORTAL_JSO');
  expect(shown).not.toMatch(STEERS);
});

test('files of an app are refused or sent with their names shown, not obeyed', async () => {
  const app = join(home.folder, 'app');
  mkdirSync(app);
  writeFileSync(join(app, `${HOSTILE}.py`), '');
  expectShown(await said(['install', '--port', 'virtual:x', '--app', app]));
});
