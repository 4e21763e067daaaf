// Signals before a command has done anything: while the program loads, and while its port is being opened.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { esp8266Image } from '../support/images.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const env = { ...process.env, ESP_PORTAL_STATE_DIR: home.folder, NO_COLOR: '1' };

describe.runIf(process.platform !== 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s while the program loads',
  (signal) => {
    /** The entry point reads its arguments before it loads anything else. */
    const onArguments = `const args=process.argv;args.slice=(...range)=>{delete args.slice;process.kill(process.pid,'${signal}');return args.slice(...range)}`;
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ['--import', `data:text/javascript,${onArguments}`, BIN, ...args], {
        encoding: 'utf8',
        env,
      });

    test('is reported by the command', () => {
      const { status, stdout } = run('install', '--port', 'socket://127.0.0.1:9', '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        event: 'result',
        exitCode: 130,
        error: { code: 'interrupted', message: expect.stringContaining(signal) },
      });
      expect(status).toBe(130);
    });

    test('ends a program that runs no command', () => {
      expect(run('--version')).toMatchObject({ signal });
    });
  },
);

test.runIf(existsSync('/proc/self/status'))('signals are caught until the process is gone', async () => {
  const child = spawn(process.execPath, [BIN, 'ports', '--json'], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  /** Bit n - 1 stands for signal n: SIGHUP, SIGINT and SIGTERM. */
  const all = 0b100_0000_0000_0011;
  // Only the running event loop takes notice of its end: until then its entry stays, as that of a zombie.
  const deadline = performance.now() + 30_000;
  for (let state = ''; !state.startsWith('Z'); ) {
    expect(performance.now(), state).toBeLessThan(deadline);
    const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
    state = /^State:\t(.*)$/m.exec(status)?.[1] ?? '';
    const caught = Number(BigInt(`0x${/^SigCgt:\t(.*)$/m.exec(status)?.[1]}`) & 0x7fffn);
    expect(caught & all, state).toBe(all);
  }
});

describe('SIGINT while the port is being opened', () => {
  /** A server that accepts and says nothing: a negotiation of RFC 2217 waits for it. */
  async function interrupted(...args: string[]) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = `rfc2217://127.0.0.1:${port}`;
    const child = spawn(process.execPath, [BIN, ...args, '--port', address, '--json'], { env });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const [socket] = await once(server, 'connection');
    child.kill('SIGINT');
    await once(child, 'close');
    socket.destroy();
    server.close();
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  }

  const image = join(home.folder, 'esp8266.bin');
  writeFileSync(image, esp8266Image());

  test.each([
    ['flash', '--firmware', image],
    ['setup', '--firmware', image],
    ['install'],
    ['reset-creds'],
    ['uninstall'],
    ['monitor', '--until', 'crash'],
  ])('ends %s, with a message that the board is unchanged', async (...args) => {
    expect((await interrupted(...args)).error).toMatchObject({
      code: 'interrupted',
      message: `${args[0]} was interrupted by Ctrl-C (SIGINT). Nothing on the board was changed.`,
    });
  });
});
