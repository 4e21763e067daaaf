// Programs with which people talk to boards, on the virtual board: their exchanges on Debian's pyserial, over RFC 2217 and
// on a pseudo-terminal, and Debian's terminal programs themselves.

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliHome, type StayingRun } from '../support/cli.js';
import { component } from '../support/components.js';
import { serveBoard } from '../support/served-board.js';
import { AMPY } from './exchanges/ampy.js';
import type { Step } from './exchanges/exchange.js';
import { MPREMOTE } from './exchanges/mpremote.js';
import { RSHELL } from './exchanges/rshell.js';
import { THONNY } from './exchanges/thonny.js';

const PYTHON = '/usr/bin/python3'; // Debian's, which has python3-serial
const hasSerial = spawnSync(PYTHON, ['-c', 'import serial']).status === 0;
if (!hasSerial && process.env.CI) throw new Error('python3-serial is missing; .ci/run installs it.');
const socat = component('socat');
const inTest = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const TERMINAL_RELAY = inTest('../support/terminal-relay.py');

describe.skipIf(!hasSerial || !socat).each(['RFC 2217', 'a pseudo-terminal'])('over %s', (carrier) => {
  const home = new CliHome();
  let simulator: StayingRun | undefined;
  let served: Awaited<ReturnType<typeof serveBoard>> | undefined;
  let port: string;

  beforeAll(async () => {
    const board = 'virtual:desk?speed=real&http=0&dns=0';
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    home.makeBoard('desk', 'micropython');
    if (carrier === 'RFC 2217') {
      served = await serveBoard(board);
      port = served.url;
    } else {
      port = join(home.folder, 'pty');
      simulator = home.start(['simulate', '--port', board, '--pty', port, '--json']);
      await simulator.line('pseudo-terminal');
    }
    await replay(port, [{ ready: true }]);
  });
  afterAll(async () => {
    await simulator?.stop();
    await served?.[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });

  test.each([MPREMOTE, RSHELL, AMPY, THONNY])('$program gets its answers', async (exchange) => {
    expect(await replay(port, exchange.steps)).toMatchObject(
      Object.fromEntries(
        Object.entries(exchange.answers).map(([name, text]) => [
          name,
          typeof text === 'string' ? text : expect.stringMatching(text),
        ]),
      ),
    );
  });

  const onPty = carrier !== 'RFC 2217';
  const terminals: Record<string, { command: string[] | undefined; leave: string }> = {
    "pyserial's miniterm": {
      command: [PYTHON, '-m', 'serial.tools.miniterm', '--raw', 'PORT', '115200'],
      leave: '\x1d',
    },
    picocom: {
      command: onPty ? installed('picocom', '-q', '-b', '115200', 'PORT') : undefined,
      leave: '\x01\x18',
    },
    minicom: {
      command: onPty ? installed('minicom', '-o', '-b', '115200', '-D', 'PORT') : undefined,
      leave: '\x01x\r',
    },
  };
  test.each(Object.entries(terminals).filter(([, { command }]) => command !== undefined))(
    'what is typed in %s runs on the board, and it leaves',
    async (_name, { command = [], leave }) => {
      const terminal = spawn(
        PYTHON,
        [TERMINAL_RELAY, '80', '24', ...command.map((one) => (one === 'PORT' ? port : one))],
        {
          env: { ...process.env, HOME: home.folder, TERM: 'vt100' },
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      const type = (keys: string) => terminal.stdin.write(`${JSON.stringify({ keys })}\n`);
      let screen = '';
      let keys: NodeJS.Timeout | undefined;
      const isOver = new Promise<number | null>((resolve) => terminal.on('close', resolve));
      await new Promise<void>((resolve, reject) => {
        void isOver.then(() => reject(new Error(`it ended: ${screen}`)));
        terminal.stdout.on('data', (bytes: Buffer) => {
          screen += bytes.toString('latin1');
          if (screen.includes('1764')) resolve();
        });
        // Until the program has opened the port it takes keys for its own.
        keys = setInterval(() => type('\rprint(42 * 42)\r'), 1000);
      });
      clearInterval(keys);
      type(leave);
      expect(await isOver).toBe(0);
    },
  );
});

function installed(program: string, ...args: string[]): string[] | undefined {
  const path = component(program);
  return path === undefined ? undefined : [path, ...args];
}

/** @returns what the board answered, by the names in the steps */
function replay(port: string, steps: readonly Step[]): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const replayer = spawn(PYTHON, [inTest('replay.py'), port], { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    replayer.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString();
    });
    replayer.stderr.on('data', (bytes: Buffer) => {
      errors += bytes.toString();
    });
    replayer.on('close', () => {
      if (errors) reject(new Error(errors));
      else resolve(JSON.parse(out));
    });
    replayer.stdin.end(JSON.stringify(steps));
  });
}
