// serialport's own driver at a pseudo-terminal whose other side ends, as a port does whose USB adapter is unplugged.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { BindingPort } from '../../src/port/binding-types.js';
import { driverBinding } from '../../src/port/driver-binding.js';
import { component } from '../support/components.js';

const socat = component('socat');

describe.skipIf(!socat)('a port that hangs up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'esp-portal-hang-up-'));
  const path = join(folder, 'pty');
  let board: ChildProcessByStdio<Writable, null, null>;
  let port: BindingPort;

  beforeEach(async () => {
    board = spawn(socat ?? '', [`pty,raw,echo=0,link=${path}`, '-'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    while (!existsSync(path)) await delay(10);
    port = await driverBinding().open({ path, baudRate: 115200 });
    return async () => {
      if (port.isOpen) await port.close();
    };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function unplug() {
    const ended = once(board, 'exit');
    board.kill();
    await ended;
  }
  async function read() {
    const { buffer, bytesRead } = await port.read(Buffer.alloc(100), 0, 100);
    return buffer.toString('latin1', 0, bytesRead);
  }

  test('while nothing comes: the read that waits ends', async () => {
    board.stdin.write('ready');
    expect(await read()).toBe('ready');
    const next = read();
    const ended = expect(next).rejects.not.toMatchObject({ canceled: true });
    await unplug();
    await ended;
  });

  test('before it is read: the read ends, rather than find no bytes for ever', async () => {
    await unplug();
    await expect(read()).rejects.toThrow('hung up');
  });

  test('closing it here cancels the read that waits', async () => {
    const cancelled = expect(read()).rejects.toMatchObject({ canceled: true });
    await port.close();
    await cancelled;
    await unplug();
  });
});
