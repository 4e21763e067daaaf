// A port that another program has open is reported as busy, with the name of that program where the system tells it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { openPort } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPortHolders } from '../../src/port/port-holder.js';
import { servePort } from '../../src/port/rfc2217/server.js';
import { CliHome } from '../support/cli.js';
import { FakePort } from '../support/fake-port.js';
import { temporaryFolder } from '../support/virtual-port.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

async function listen(onClient: (socket: Socket) => void): Promise<{ server: Server; tcpPort: number }> {
  const server = createServer(onClient).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, tcpPort: (server.address() as AddressInfo).port };
}

describe.each(['rfc2217', 'socket'])('%s', (scheme) => {
  test('a board that serves another client is busy, not lost', async () => {
    const stop = new AbortController();
    let onListening: (address: AddressInfo | undefined) => void = () => {};
    const address = new Promise<AddressInfo | undefined>((resolve) => {
      onListening = resolve;
    });
    const served = servePort(new FakePort(), {
      protocol: scheme === 'rfc2217' ? 'rfc2217' : 'raw',
      at: { host: '127.0.0.1', port: 0 },
      signal: stop.signal,
      onListening,
      onClient: () => {},
    });
    const tcpPort = (await address)?.port;
    const first = await openPort(`${scheme}://127.0.0.1:${tcpPort}`);
    await expect(openPort(`${scheme}://127.0.0.1:${tcpPort}`)).rejects.toMatchObject({ code: 'port-busy' });
    await first[Symbol.asyncDispose]();
    stop.abort();
    await served;
  });

  test('so is one whose server reports it before it closes the connection', async () => {
    const { server, tcpPort } = await listen((socket) => {
      socket.on('error', () => {});
      socket.end('Port already in use\r\n');
    });
    await expect(openPort(`${scheme}://127.0.0.1:${tcpPort}`)).rejects.toMatchObject({ code: 'port-busy' });
    server.close();
  });
});

test('a server that sends nothing counts as available on a socket', async () => {
  const { server, tcpPort } = await listen((socket) => socket.on('error', () => {}));
  const port = await openPort(`socket://127.0.0.1:${tcpPort}`);
  await port[Symbol.asyncDispose]();
  server.close();
});

test('what a server sends right after the connection is not lost', async () => {
  const { server, tcpPort } = await listen((socket) => {
    socket.on('error', () => {});
    socket.write('early');
  });
  const port = await openPort(`socket://127.0.0.1:${tcpPort}`);
  expect(String(await port.read({ timeoutMs: 30_000 }))).toBe('early');
  await port[Symbol.asyncDispose]();
  server.close();
});

test('the process that has a virtual board is named', async () => {
  const staying = home.start([
    'simulate',
    '--port',
    'virtual:held?http=0&dns=0',
    '--listen',
    '127.0.0.1:0',
    '--json',
  ]);
  await staying.line('rfc2217://');
  const run = await home.run(['flash', '--port', 'virtual:held?http=0&dns=0', '--json']);
  expect(run.exitCode).toBe(3);
  expect(run.result()).toMatchObject({
    error: {
      code: 'port-busy',
      message: expect.stringMatching(/: node esp-portal\.js \(process \d+\)\.$/),
    },
  });
  await staying.stop();
});

test.runIf(process.platform === 'linux')(
  'the process that has a file of a device open is found',
  async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'ttyUSB0');
    writeFileSync(path, '');
    expect(await findPortHolders(path)).toEqual([]);
    const script = `const { openSync } = require('node:fs'); openSync(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ['-e', script, '--', '--ap-password', 'S3cretPw0rd'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    symlinkSync(path, join(folder, 'by-id'));
    expect(await findPortHolders(join(folder, 'by-id'))).toEqual([{ processId: child.pid, command: 'node' }]);
    child.kill();
    await once(child, 'exit');
    expect(await findPortHolders(path)).toEqual([]);
  },
);

test('a system without a list of processes yields no holder', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '1'));
  expect(await findPortHolders(folder, folder)).toEqual([]);
  expect(await findPortHolders('COM3', join(folder, 'none'))).toEqual([]);
});
