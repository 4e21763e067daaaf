import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dateOf, PROMPT, RunningBoard, VERSIONS } from './running-board.js';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  const BANNER = `MicroPython v${version} on ${dateOf(version)}; ESP module with ESP8266\r\nType "help()" for more information.\r\n>>> `;

  const withFiles = (firstFiles: Record<string, string>) => new RunningBoard({ version, firstFiles });

  test('boot.py runs before main.py, both in the namespace of the prompt', async () => {
    await using board = withFiles({
      'boot.py': 'a = 1\nprint("boot")',
      'main.py': 'b = a + 1\nprint("main")',
    });
    expect(await board.until(PROMPT)).toBe(`boot\r\nmain\r\n\r\n${BANNER}`);
    expect(await board.run('a, b, __name__')).toBe("(1, 2, '__main__')\r\n");
  });

  test('a traceback of main.py has the frames of a board', async () => {
    await using board = withFiles({
      'main.py': 'import helper\n\nhelper.run()\n',
      'helper.py': 'import time\ndef run():\n    time.sleep("x")\n',
    });
    expect(await board.until(PROMPT)).toContain(
      'Traceback (most recent call last):\r\n' +
        '  File "main.py", line 3, in <module>\r\n' +
        '  File "helper.py", line 3, in run\r\n',
    );
  });

  test('since 1.22 a boot.py that fails keeps main.py from running; sys.exit() does not', async () => {
    await using failed = withFiles({ 'boot.py': '1/0', 'main.py': 'print("main")' });
    const seen = await failed.until(PROMPT);
    expect(seen).toContain('  File "boot.py", line 1, in <module>\r\nZeroDivisionError: divide by zero\r\n');
    expect(seen).not.toContain('main');
    await using left = withFiles({ 'boot.py': 'import sys\nsys.exit()', 'main.py': 'print("main")' });
    expect(await left.until(PROMPT)).toContain('main\r\n');
  });

  test('Ctrl-C stops main.py and gives the prompt', async () => {
    await using board = withFiles({
      'main.py': 'import time\nprint("runs")\nwhile True:\n  time.sleep(1)',
    });
    await board.until('runs');
    board.send('\r\x03');
    expect(await board.until(PROMPT)).toContain(
      'Traceback (most recent call last):\r\n  File "main.py", line 4, in <module>\r\nKeyboardInterrupt: \r\n',
    );
  });

  test('a soft reset at the friendly prompt runs both files and forgets variables', async () => {
    await using board = withFiles({ 'boot.py': 'print("boot")', 'main.py': 'print("main")' });
    await board.until(PROMPT);
    await board.run('x = 1');
    board.send('\x04');
    expect(await board.until(PROMPT)).toBe(`\r\nMPY: soft reboot\r\nboot\r\nmain\r\n${BANNER}`);
    expect(await board.run('x')).toContain('NameError');
  });

  test('a soft reset in the raw REPL runs boot.py, skips main.py and stays raw', async () => {
    await using board = withFiles({ 'boot.py': 'print("boot")', 'main.py': 'print("main")' });
    await board.until(PROMPT);
    await board.enterRaw();
    board.send('\x04');
    expect(await board.until('>')).toBe('OK\r\nMPY: soft reboot\r\nboot\r\nraw REPL; CTRL-B to exit\r\n>');
    expect(await board.exec('print(1)')).toEqual({ out: '1\r\n', error: '' });
  });

  test.each([
    ...(version === '1.23.0' ? [] : ['import sys; sys.exit()']),
    'import machine; machine.soft_reset()',
  ])('%s is a soft reset', async (code) => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    board.send(`${code}\r`);
    await board.until('MPY: soft reboot\r\n');
    await board.until(PROMPT);
    await board.enterRaw();
    board.send(`${code}\x04`);
    // 1.23 has no other way than to show its prompt once more.
    expect((await board.until('raw REPL')).replace('\x04>MPY', '\x04MPY')).toBe(
      'OK\x04\x04MPY: soft reboot\r\nraw REPL',
    );
  });

  test('machine.reset() requests a hard reset and nothing runs after it', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    board.send('import machine; machine.reset(); print("late")\r');
    await board.until('print("late")\r\n');
    await board.resetRequested();
    expect(board.received).toBe('');
  });

  test('nothing is transmitted after stop()', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    board.send('while 1: print("again")\r\r');
    await board.until('again');
    await board.stop();
    board.received = '';
    await new Promise((resolve) => setImmediate(resolve));
    expect(board.received).toBe('');
  });

  test('os.dupterm(None, 1) takes the REPL off the UART, Ctrl-C included', async () => {
    await using board = withFiles({
      'boot.py':
        'import os, socket, machine\nos.dupterm(None, 1)\nprint("unseen")\n' +
        's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(("", 53))\ns.recvfrom(1)\nmachine.reset()',
    });
    const { port } = await board.url('udp:');
    board.send('\x03\x03');
    const client = createSocket('udp4');
    client.send('x', Number(port), '127.0.0.1', () => client.close());
    await board.resetRequested();
    expect(board.received).toBe('');
  });

  test('the first start writes boot.py once', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    expect(readFileSync(join(board.files, 'boot.py'), 'utf8')).toMatch(
      /^# This file is executed on every boot/,
    );
    await board.run('import os; os.remove("boot.py")');
    await board.powerCycle();
    expect(await board.until(PROMPT)).toBe(`\r\n${BANNER}`);
    expect(await board.run('import os; os.listdir()')).toBe('[]\r\n');
  });
});

test('before MicroPython 1.24 sys.exit() goes back to the prompt', async () => {
  await using board = new RunningBoard({ version: '1.23.0' });
  await board.until(PROMPT);
  expect(await board.run('import sys; sys.exit()')).toBe('');
  await board.enterRaw();
  expect(await board.exec('import sys; sys.exit()')).toEqual({ out: '', error: '' });
});

test.each([
  ['waits', 'import time; time.sleep(60)'],
  ['computes', 'while True: pass'],
])('a board that is stopped twice while it %s leaves the next one alone', async (_what, program) => {
  await using board = new RunningBoard();
  await board.until(PROMPT);
  board.send(`${program}\r\n\r\n`);
  await board.until('\r\n');
  await board.stop();
  await using next = new RunningBoard();
  await board.stop();
  await next.until(PROMPT);
  expect(await next.run('print(6 * 7)')).toContain('42');
});
