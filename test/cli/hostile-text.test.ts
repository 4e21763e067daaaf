// Text from outside does not steer the terminal, by whatever way it gets there: the real program in a pseudo-terminal,
// which util-linux's `script` gives.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const script = component('script');
const home = new CliHome();

/** Sets the title, rings, clears (as C1 too), reverses what follows, and begins a line of its own. */
const HOSTILE = '\x1b]0;owned\x07\x1b[2J\u009b2J\u202eevil';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
const STEERS = /\x1b\]|\x07|\x1b\[2J|[\x80-\x9f\u202e]|\x1bc/;

let board: Server;
beforeAll(async () => {
  board = createServer((socket) => {
    socket.on('error', () => {});
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

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** @returns everything that the terminal gets */
async function onTerminal(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const command = `stty cols 200 rows 40; ${[process.execPath, BIN, ...args].map(quoted).join(' ')}`;
  const { NO_COLOR, FORCE_COLOR, CI, ESP_PORTAL_PORT, ESPTOOL_PORT, ...rest } = process.env;
  const state = { ESP_PORTAL_STATE_DIR: home.folder, ESP_PORTAL_CACHE_DIR: join(home.folder, 'cache') };
  const child = spawn(script ?? '', ['-qec', command, '/dev/null'], {
    cwd,
    env: {
      ...rest,
      ...state,
      ESP_PORTAL_FIRMWARE_SITE: 'http://127.0.0.1:9',
      TERM: 'xterm-256color',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  await once(child, 'close');
  return shown;
}

const address = () => `socket://127.0.0.1:${(board.address() as AddressInfo).port}`;

describe.skipIf(!script || process.platform !== 'linux')('on a terminal', () => {
  test.each<[string, () => string[]]>([
    [
      'the name of a file that is not there',
      () => ['flash', '--port', 'virtual:x', '--firmware', `./${HOSTILE}.bin`],
    ],
    ['an address', () => ['flash', '--port', 'virtual:x', '--firmware', `http://127.0.0.1:9/${HOSTILE}`]],
    ['a port', () => ['flash', '--port', `/dev/${HOSTILE}`]],
    ['an option', () => ['flash', `--${HOSTILE}`]],
    ['a command', () => [HOSTILE]],
    ["an option's value", () => ['monitor', '--timestamp', HOSTILE]],
    ['the folder of a report', () => ['flash', '--port', '/dev/no', '--report', `/no/${HOSTILE}/x`]],
    ['a log file', () => ['monitor', '--port', address(), '--log-file', `/no/${HOSTILE}/x`]],
    ['a log', () => ['monitor', '--port', address(), '--until', '/END/']],
    ['the bytes of a log', () => ['monitor', '--port', address(), '--until', '/END/', '--raw']],
    ['a REPL', () => ['monitor', '--port', address(), '--until', '/END/', '--interactive']],
    ['an error on the board', () => ['monitor', '--port', address(), '--fail-on', 'python.traceback']],
  ])('%s is shown, not obeyed', async (_what, args) => {
    const shown = await onTerminal([...args(), '--verbose'], home.folder);
    expect(shown).toContain('evil');
    expect(shown).not.toMatch(STEERS);
  });

  test("a settings file's names, and the folder it is in, are shown, not obeyed", async () => {
    const folder = join(home.folder, HOSTILE);
    mkdirSync(folder);
    writeFileSync(join(folder, 'esp-portal.json'), JSON.stringify({ [HOSTILE]: 1 }));
    const shown = await onTerminal(['flash', '--verbose'], folder);
    expect(shown).toContain('evil');
    expect(shown).not.toMatch(STEERS);
  });

  test('what a program on the board raises is shown, not obeyed', async () => {
    const port = 'virtual:raises?speed=max&http=0&dns=0';
    await home.run(['flash', '--port', port]);
    const main = home.boardFile('raises', 'main.py');
    mkdirSync(dirname(main), { recursive: true });
    writeFileSync(
      main,
      `from captive_portal import CaptivePortal\nraise ValueError(${JSON.stringify(HOSTILE)})\n`,
    );
    const shown = await onTerminal(['install', '--port', port, '--verbose'], home.folder);
    expect(shown).toContain('ValueError');
    expect(shown).toContain('evil');
    expect(shown).not.toMatch(STEERS);
  });

  test("a variable's name is shown, not obeyed", async () => {
    const shown = await onTerminal(['config', '--verbose'], home.folder, {
      [`ESP_PORTAL_JSO${'\x07'}`]: '1',
    });
    expect(shown).toContain('ESP_PORTAL_JSO');
    expect(shown).not.toMatch(STEERS);
  });

  test('files of an app are refused or sent with their names shown, not obeyed', async () => {
    const app = join(home.folder, 'app');
    mkdirSync(app);
    writeFileSync(join(app, `${HOSTILE}.py`), '');
    const shown = await onTerminal(
      ['install', '--port', 'virtual:x', '--app', app, '--verbose'],
      home.folder,
    );
    expect(shown).toContain('evil');
    expect(shown).not.toMatch(STEERS);
  });
});
