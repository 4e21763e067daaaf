// Ports that cannot be opened, through the real program and serialport's own driver.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

/** Root may open everything: it steps down, where the user "nobody" can read this package. */
const SOMEBODY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const run = (...args: string[]) =>
  spawnSync(process.execPath, [BIN, ...args], {
    ...SOMEBODY,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
    cwd: '/',
  });

test.runIf(process.platform === 'linux' && run('--version').status === 0)(
  'names the group that may open a port of another user',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'esp-portal-'));
    chmodSync(folder, 0o755);
    const port = join(folder, 'ttyUSB0');
    writeFileSync(port, '');
    chmodSync(port, 0);
    const { status, stdout } = run('flash', '--port', port, '--json');
    rmSync(folder, { recursive: true });
    expect(status).toBe(3);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'port-denied', next: expect.stringContaining('dialout') },
    });
  },
);

const socat = component('socat');

test.skipIf(!socat || process.platform !== 'linux')(
  'a serial port that is open elsewhere is busy, and the program that has it is named',
  async () => {
    const path = (name: string) => join(home.folder, name);
    const ends = ['here', 'there'].map((name) => `pty,raw,echo=0,link=${path(name)}`);
    const cable = spawn(socat ?? '', ['-d', '-d', ...ends], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const text of cable.stderr.setEncoding('utf8')) {
      if (text.includes('starting data transfer loop')) break;
    }
    const holder = home.start(['monitor', '--port', path('here'), '--json']);
    await holder.line('notice'); // that it has no reset lines: it is open
    const second = await home.run(['flash', '--port', path('here'), '--json']);
    expect(second.exitCode).toBe(3);
    expect(second.result()).toMatchObject({
      error: {
        code: 'port-busy',
        message: expect.stringMatching(/in use by another program: .*node esp-portal\.js \(process \d+\)\.$/),
      },
    });
    await holder.stop();
    cable.kill();
    await once(cable, 'exit');
  },
);
