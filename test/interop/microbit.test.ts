// Stock MicroPython 1.9.2 on an emulated micro:bit: what the raw REPL client believes has to hold on it too.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPort } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { writeText } from '../../src/operations/install/staging.js';
import type { Port } from '../../src/port/port.js';
import { carryAsRead } from '../support/carry-as-read.js';
import { component } from '../support/components.js';
import { freePort } from '../support/free-port.js';
import { listening } from '../support/listening.js';
import { replConformance } from '../support/repl-conformance.js';

const FIRMWARE = '/usr/share/firmware-microbit-micropython/firmware.hex';
const qemu = component('qemu-system-arm', FIRMWARE);
const socat = component('socat');

/** Ways to the emulator's serial line; what else they start ends when it does. */
const CARRIERS: Record<string, (tcpPort: number, folder: string) => Promise<string>> = {
  'a socket': async (tcpPort) => `socket://127.0.0.1:${tcpPort}`,
  "socat's pseudo-terminal and serialport's driver": async (tcpPort, folder) => {
    const pty = join(folder, 'pty');
    const made = watchFor(folder, 'pty');
    spawn(socat ?? '', [`pty,raw,echo=0,link=${pty}`, `tcp:127.0.0.1:${tcpPort},nodelay`], {
      stdio: 'ignore',
    });
    await made;
    return pty;
  },
};

describe.skipIf(!qemu || !socat).each(Object.entries(CARRIERS))('stock firmware over %s', (_name, carry) => {
  const folder = mkdtempSync(join(tmpdir(), 'esp-portal-microbit-'));
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
    port = await openPort(await carry(await carryAsRead(tcpPort), folder));
  });

  afterAll(async () => {
    await port?.[Symbol.asyncDispose]();
    emulator?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  replConformance(() => port, {
    sleep: (milliseconds) => `import microbit; microbit.sleep(${milliseconds})`,
  });

  test('a program that never ends, sleeps or prints is interrupted', async () => {
    {
      await using repl = await RawRepl.enter(port);
      await expect(repl.exec('while True: pass', { timeoutMs: 300 })).rejects.toMatchObject({
        code: 'repl-stalled',
      });
    }
    await using repl = await RawRepl.enter(port);
    expect(await repl.exec('print("back")')).toBe('back\r\n');
  });

  test('a file arrives by code alone, as on boards that take nothing else', async () => {
    await using repl = await RawRepl.enter(port);
    const bytes = Buffer.from(Array.from({ length: 700 }, (_, index) => index & 0xff));
    await writeText(repl, 'staged.bin', bytes);
    const read = "f = open('staged.bin', 'rb')\nd = f.read()\nf.close()\nprint(len(d), sum(d))";
    expect(await repl.exec(read)).toBe(`700 ${bytes.reduce((sum, byte) => sum + byte, 0)}\r\n`);
    await repl.exec("import os\nos.remove('staged.bin')");
  });

  test('a lack of memory is reported as board-no-memory', async () => {
    await using repl = await RawRepl.enter(port);
    await expect(repl.exec('x = [0] * 10000')).rejects.toMatchObject({ code: 'board-no-memory' });
  });
});

/** Resolves when a file of that name is in the folder. */
async function watchFor(folder: string, name: string): Promise<void> {
  const watcher = watch(folder);
  while (!existsSync(join(folder, name))) await once(watcher, 'change');
  watcher.close();
}
