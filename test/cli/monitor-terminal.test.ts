// monitor on a terminal: its keys and its REPL. hostile-text.test.ts has what a board cannot do to the screen.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { talker } from '../support/talker.js';
import { python, TerminalRun } from '../support/terminal.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();

beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  home.makeBoard('a', 'micropython');
});
afterAll(() => home[Symbol.dispose]());

describe.skipIf(!python)('on a terminal', () => {
  /** Runs the monitor on a terminal, and types when something is shown. */
  async function onTerminal(args: readonly string[], typing: readonly (readonly [string, string])[]) {
    const run = new TerminalRun(home, ['monitor', ...args], { extraEnv: { NO_COLOR: '1' } });
    for (const [shown, keys] of typing) {
      await run.sentNext(shown);
      run.type(keys);
    }
    return { exitCode: await run.end(), shown: run.received };
  }

  /** The board with this program, which this process serves. */
  const running = (code: string) => serveBoard(home.program('a', code));

  test('Ctrl-T shows the keys, Ctrl-R resets the board, Ctrl-] leaves', async () => {
    await using board = await running("print('Starting captive portal')\nprint('here')\n");
    const { exitCode, shown } = await onTerminal(
      ['--reset', '--port', board.url],
      [
        ['here', '\x14'],
        ['>>> ', '\x12'], // the board is silent from then on
        ['here', '\x1d'],
      ],
    );
    expect(exitCode).toBe(0);
    expect(shown.match(/Ctrl-R resets the board/g)?.length).toBe(2);
    expect(shown.match(/Starting captive portal/g)).toHaveLength(2);
  });

  test('Ctrl-R on a port without reset lines says so', async () => {
    const { port } = await talker('here\n');
    const keys: [string, string][] = [
      ['here', '\x12'],
      ['has no reset lines: press RESET on the board.', '\x1d'],
    ];
    expect(await onTerminal(['--port', port], keys)).toMatchObject({ exitCode: 0 });
  });

  test('Ctrl-C ends it, with status 130 when something was waited for', async () => {
    const { port } = await talker('here\n');
    expect(await onTerminal(['--port', port], [['here', '\x03']])).toMatchObject({ exitCode: 0 });
    const waiting = await onTerminal(['--port', port, '--until', 'crash'], [['here', '\x03']]);
    expect(waiting).toMatchObject({ exitCode: 130 });
  });

  test.runIf(process.platform === 'linux')('in the background of a shell it is not stopped', async () => {
    const { port } = await talker('here\n');
    const run = new TerminalRun(home, ['monitor', '--port', port, '--until', '/here/', '--timeout', '60'], {
      starter: ['/bin/sh', '-c', 'set -m; "$@" & wait $!', 'sh'],
    });
    await run.sent(/here|[Ss]topped/);
    expect(await run.end()).toBe(0);
    expect(run.received).not.toContain('Ctrl-]');
  });

  test('--interactive is a REPL: keys and Ctrl-C go to the board, its line editing works', async () => {
    await using board = await running("import time\nprint('here')\ntime.sleep(600)\n");
    const { exitCode, shown } = await onTerminal(
      ['--reset', '--port', board.url, '--interactive'],
      [
        ['here', '\x03'],
        ['KeyboardInterrupt', ''],
        ['>>> ', 'print(6*9)\x1b[D\x7f7\r'], // one to the left, 9 erased, 7 typed
        ['42\r', '\x1d'],
      ],
    );
    expect(exitCode).toBe(0);
    expect(shown).toMatch(/\n42\r/);
  });

  test('--raw shows a carriage return that was the last to come', async () => {
    const { port } = await talker('the tail\r');
    const { shown } = await onTerminal(['--port', port, '--raw'], [['tail', '\x1d']]);
    expect(shown).toContain('the tail\\x0d');
  });
});

test('lines from a pipe go to the board with --interactive', async () => {
  const { port, received, clients } = await talker('>>> ');
  const command = `printf 'a = 1\\nprint(a)\\n' | "${process.execPath}" "${BIN}" monitor -i --port ${port} --until '/the end/'`;
  const child = spawn('sh', ['-c', command], { stdio: 'ignore' });
  const done = new Promise((resolve) => child.on('close', resolve));
  const watch = setInterval(() => {
    if (received.join('') === 'a = 1\rprint(a)\r') clients[0]?.write('the end\r\n');
  }, 20);
  onTestFinished(() => clearInterval(watch));
  expect(await done).toBe(0);
});
