// Stock MicroPython 1.9.2 on an emulated micro:bit: what the raw REPL client believes has to hold on it too.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/device/raw-repl.js';
import { openPort } from '../../src/serial/open.js';
import type { Port } from '../../src/serial/port.js';
import { component } from '../support/components.js';
import { freePort } from '../support/free-port.js';

const FIRMWARE = '/usr/share/firmware-microbit-micropython/firmware.hex';
const qemu = component('qemu-system-arm', FIRMWARE);

describe.skipIf(!qemu)('the raw REPL client on stock firmware', () => {
  let emulator: ChildProcess;
  let port: Port;

  beforeAll(async () => {
    const tcpPort = await freePort();
    emulator = spawn(
      qemu ?? '',
      ['-M', 'microbit', '-device', `loader,file=${FIRMWARE}`, '-display', 'none', '-monitor', 'none'].concat(
        '-serial',
        `tcp:127.0.0.1:${tcpPort},server=on,wait=off`,
      ),
      { stdio: 'ignore' },
    );
    await listening(tcpPort, emulator);
    port = await openPort(`socket://127.0.0.1:${tcpPort}`);
  });

  afterAll(async () => {
    await port?.[Symbol.asyncDispose]();
    emulator?.kill();
  });

  test('enters, and runs code', async () => {
    await using repl = await RawRepl.enter(port);
    expect(await repl.exec('print(1 + 1)')).toBe('2\r\n');
    expect(await repl.exec('import os\nprint(os.uname().sysname)')).toBe('microbit\r\n');
  });

  test('sends code longer than the buffer of its UART, without raw-paste', async () => {
    await using repl = await RawRepl.enter(port);
    const lines = Array.from({ length: 60 }, (_, index) => `n += ${index}`);
    expect(await repl.exec(['n = 0', ...lines, 'print(n)'].join('\n'))).toBe('1770\r\n');
  });

  test('takes 10 KB of output whole', async () => {
    await using repl = await RawRepl.enter(port);
    const output = await repl.exec("for i in range(1000):\n    print('%09d' % i)", { timeoutMs: 30_000 });
    expect(output.split('\r\n')).toEqual([
      ...Array.from({ length: 1000 }, (_, index) => String(index).padStart(9, '0')),
      '',
    ]);
  });

  test('turns a traceback into an error, and goes on', async () => {
    await using repl = await RawRepl.enter(port);
    await expect(repl.exec('1/0')).rejects.toMatchObject({
      code: 'board-error',
      boardOutput: expect.stringMatching(/line 1, in <module>\nZeroDivisionError/),
    });
    await expect(repl.exec('x = [0] * 10000')).rejects.toMatchObject({ code: 'board-no-memory' });
    expect(await repl.exec('print("on")')).toBe('on\r\n');
  });

  test('interrupts a program that never ends', async () => {
    {
      await using repl = await RawRepl.enter(port);
      await expect(repl.exec('while True: pass', { timeoutMs: 300 })).rejects.toMatchObject({
        code: 'repl-silent',
      });
    }
    await using repl = await RawRepl.enter(port);
    expect(await repl.exec('print("back")')).toBe('back\r\n');
  });

  test('interrupts a program that cleans up for a while before it ends', async () => {
    await port.write(Buffer.from('\x03\r\n'));
    await port.write(
      Buffer.from(
        'exec("import microbit\\ntry:\\n while True: pass\\nexcept KeyboardInterrupt:\\n microbit.sleep(700)")\r\n',
      ),
    );
    await using repl = await RawRepl.enter(port);
    expect(await repl.exec('print("back")')).toBe('back\r\n');
  });

  test('enters from a raw REPL that was left open, from paste mode and from a half-typed line', async () => {
    for (const state of ['\x01', '\x05print(1', "print('half"]) {
      await port.write(Buffer.from(`\x02\x03${state}`));
      await using repl = await RawRepl.enter(port);
      expect(await repl.exec('print("in")')).toBe('in\r\n');
    }
  });
});

/** Waits until the emulator accepts connections; it serves the first one only, so this one is closed at once. */
async function listening(tcpPort: number, emulator: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (emulator.exitCode !== null) throw new Error(`the emulator ended with ${emulator.exitCode}`);
    const socket = connect(tcpPort, '127.0.0.1');
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
    await delay(50);
  }
  throw new Error('the emulator does not listen');
}
