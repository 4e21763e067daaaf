// A program in the memory of a board: how it ends, and that the board runs its own main.py behind it.

import { BoardLog, openPort, type Port, PortalError, runProgram } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
let port: Port;
beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  home.makeBoard('lab', 'micropython');
  home.program('lab', "print('started normally')\n");
  port = await openPort(board('lab'));
});
afterAll(async () => {
  await port[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

async function startsNormally(): Promise<boolean> {
  const isStart = (entry: { raw: string }): entry is never => entry.raw.includes('started normally');
  return (await new BoardLog(port).waitFor(isStart, { timeoutMs: 20_000 })) !== undefined;
}

/** @param stopAt interrupts when this was printed */
async function run(code: string, stopAt = 'never'): Promise<{ ended: string; printed: string }> {
  const stop = new AbortController();
  let printed = '';
  const onOutput = (bytes: Uint8Array) => {
    printed += Buffer.from(bytes).toString('latin1');
    if (printed.includes(stopAt)) stop.abort(new PortalError('interrupted', 'Stopped.'));
  };
  try {
    const { ended } = await runProgram(port, Buffer.from(code), { signal: stop.signal, onOutput });
    return { ended, printed };
  } catch (error) {
    if (!(error instanceof PortalError)) throw error;
    return { ended: `${error.code}: ${error.message}`, printed };
  }
}

test.each([
  ['that ends', "print('here')\n", 'never', /^done$/],
  ['with a traceback', 'x\n', 'never', /^board-error: .*its own files/],
  [
    'that is interrupted',
    "import time\nprint('going')\nwhile True:\n    time.sleep(0.05)\n",
    'going',
    /^interrupted: .*its own files/,
  ],
  [
    'that ignores Ctrl-C',
    "import time\nprint('going')\nwhile True:\n    try:\n        time.sleep(0.05)\n    except BaseException:\n        pass\n",
    'going',
    /^interrupted: .*so the board was reset/,
  ],
  ['that cannot be compiled', 'def\n', 'never', /^board-error: .*SyntaxError/],
])('after a program %s the board starts its main.py', async (_, code, stopAt, ended) => {
  expect((await run(code, stopAt)).ended).toMatch(ended);
  expect(await startsNormally()).toBe(true);
});

test.each([
  [
    "print('a\\x04b')\nprint('\\x04\\x04>')\n1/0\n",
    'a\x04b\r\n\x04\x04>\r\n',
    /^board-error: .*ZeroDivisionError/,
  ],
  ["print('\\x04', end='')\nprint('last')\n", '\x04last\r\n', /^done$/],
  ["import sys\nprint('x')\nsys.exit(3)\n", 'x\r\n', /^soft-reset$/],
])('%j ends where it ends, whatever it prints', async (code, printed, ended) => {
  expect(await run(code)).toEqual({ ended: expect.stringMatching(ended), printed });
  expect(await startsNormally()).toBe(true);
});

test('what was defined by one program is gone in the next', async () => {
  expect((await run('import sys\nsys.left = 1\nx = 1\n')).ended).toBe('done');
  expect((await run("print('x' in globals())\n")).printed).toBe('False\r\n');
});
