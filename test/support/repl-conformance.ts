// What every MicroPython does on its serial line, and what the raw REPL client relies on. The same tests run on stock
// firmware and on virtual boards: where they differ, the virtual board is wrong.

import { expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import type { Port } from '../../src/port/port.js';

/** What differs from firmware to firmware. */
interface Firmware {
  /** Statement that waits for so many milliseconds, imports included. */
  sleep(milliseconds: number): string;
}

export function replConformance(port: () => Port, { sleep }: Firmware): void {
  test('enters, runs code, and leaves the board at its prompt', async () => {
    {
      await using repl = await RawRepl.enter(port());
      expect(await repl.exec('print(1 + 1)')).toBe('2\r\n');
    }
    expect(await sendAndRead(port(), 'print(3)\r', '>>> ')).toBe('print(3)\r\n3\r\n>>> ');
  });

  test('follows the protocol of the raw REPL byte for byte', async () => {
    await sendAndRead(port(), '\r\x03', '>>> ');
    await sendAndRead(port(), 'print(6 * 7)\r', '\r\n42\r\n>>> '); // the last prompt: there may have been two
    expect(await sendAndRead(port(), '\x01', 'exit\r\n>')).toBe('\r\nraw REPL; CTRL-B to exit\r\n>');
    expect(await sendAndRead(port(), 'print(5)\x04', '\x04>')).toBe('OK5\r\n\x04\x04>');
    const [answer, traceback, end] = (await sendAndRead(port(), '1/0\x04', '\x04>')).split('\x04');
    expect([answer, end]).toEqual(['OK', '>']);
    expect(traceback).toMatch(
      // The words after the exception's name changed over the years.
      /^Traceback \(most recent call last\):\r\n {2}File "<stdin>", line 1, in <module>\r\nZeroDivisionError: .+\r\n$/,
    );
    expect(await sendAndRead(port(), 'print("näh")\x04', '\x04>')).toBe('OKnäh\r\n\x04\x04>');
    expect(await sendAndRead(port(), '\x04', 'exit\r\n>')).toMatch(
      /^OK\r\n(MPY: )?soft reboot\r\nraw REPL; CTRL-B to exit\r\n>$/,
    );
    expect(await sendAndRead(port(), '\x02', '>>> ')).toMatch(
      /^\r\nMicroPython v\S+ on [-\d]+; .+ with .+\r\nType "help\(\)" for more information\.\r\n>>> $/,
    );
  });

  test('takes code longer than the buffer of its UART', async () => {
    await using repl = await RawRepl.enter(port());
    const lines = Array.from({ length: 60 }, (_, index) => `n += ${index}`);
    expect(await repl.exec(['n = 0', ...lines, 'print(n)'].join('\n'))).toBe('1770\r\n');
  });

  test('gives 10 KB of output whole', async () => {
    await using repl = await RawRepl.enter(port());
    const output = await repl.exec("for i in range(1000):\n    print('%09d' % i)", { timeoutMs: 30_000 });
    expect(output.split('\r\n')).toEqual([
      ...Array.from({ length: 1000 }, (_, index) => String(index).padStart(9, '0')),
      '',
    ]);
  });

  test('reports an exception, and goes on', async () => {
    await using repl = await RawRepl.enter(port());
    await expect(repl.exec('def f():\n    return 1/0\nf()')).rejects.toMatchObject({
      code: 'board-error',
      boardOutput: expect.stringMatching(
        /^Traceback \(most recent call last\):\n {2}File "<stdin>", line 3, in <module>\n {2}File "<stdin>", line 2, in f\nZeroDivisionError/,
      ),
    });
    await expect(repl.exec('x = (')).rejects.toMatchObject({
      boardOutput: expect.stringContaining('SyntaxError'),
    });
    expect(await repl.exec('print("on")')).toBe('on\r\n');
  });

  test('keeps variables from one piece of code to the next, and loses them at a soft reset', async () => {
    await using repl = await RawRepl.enter(port());
    await repl.exec('kept = 42');
    expect(await repl.exec('print(kept)')).toBe('42\r\n');
    await sendAndRead(port(), '\x04', 'exit\r\n>');
    await expect(repl.exec('print(kept)')).rejects.toMatchObject({
      boardOutput: expect.stringContaining('NameError'),
    });
  });

  test.each([
    ['sleeps', `while True:\n    ${sleep(20)}`],
    ['prints', 'while True:\n    print("x")'],
  ])('is interrupted while a program %s', async (_what, code) => {
    {
      await using repl = await RawRepl.enter(port());
      await expect(repl.exec(code, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'repl-stalled' });
    }
    await using repl = await RawRepl.enter(port());
    expect(await repl.exec('print("back")')).toBe('back\r\n');
  });

  test('is entered while a program cleans up after its interrupt', async () => {
    await sendAndRead(port(), '\r\x03', '>>> ');
    const program = `try:\n while True:\n  ${sleep(20)}\nexcept KeyboardInterrupt:\n ${sleep(700)}`;
    await port().write(Buffer.from(`exec(${JSON.stringify(program)})\r`));
    await using repl = await RawRepl.enter(port());
    expect(await repl.exec('print("back")')).toBe('back\r\n');
  });

  test.each([
    ['a raw REPL that was left open', '\x01'],
    ['code that was left in a raw REPL', '\x01print('],
    ['paste mode', '\x05print(1'],
    ['a half-typed line', "print('half"],
    ['an open block', 'for i in range(3):\r'],
  ])('is entered from %s', async (_what, state) => {
    await port().write(Buffer.from(`\x02\x03${state}`));
    await using repl = await RawRepl.enter(port());
    expect(await repl.exec('print("in")')).toBe('in\r\n');
  });

  test('writes a file, reads it back and removes it', async () => {
    await using repl = await RawRepl.enter(port());
    await repl.exec("f = open('t.bin', 'wb')\nf.write(bytes(range(256)))\nf.close()");
    expect(
      await repl.exec("f = open('t.bin', 'rb')\nprint(list(f.read()) == list(range(256)))\nf.close()"),
    ).toBe('True\r\n');
    await repl.exec("import os\nos.remove('t.bin')");
    await expect(repl.exec("open('t.bin')")).rejects.toMatchObject({
      boardOutput: expect.stringContaining('OSError'),
    });
  });
}

/** Sends bytes and reads up to `end`. */
async function sendAndRead(port: Port, send: string, end: string): Promise<string> {
  await port.write(Buffer.from(send));
  let received = Buffer.alloc(0);
  const deadline = performance.now() + 30_000;
  for (;;) {
    const bytes = await port.read({ timeoutMs: Math.max(0, deadline - performance.now()) });
    if (!bytes) throw new Error(`no ${JSON.stringify(end)} after ${JSON.stringify(received.toString())}`);
    received = Buffer.concat([received, bytes]);
    if (received.toString().endsWith(end)) return received.toString();
  }
}
