// Ports behind a network, in one process: the server is ours, what travels between is real TCP.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { BoardLog, install, openPort, type Port, resetCredentials } from 'esp-portal';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { comPortCommand, SET_BAUD_RATE } from '../../src/port/rfc2217/codec.js';
import { servePort } from '../../src/port/rfc2217/server.js';
import { CliHome } from '../support/cli.js';
import { FakePort } from '../support/fake-port.js';
import { seededRandom } from '../support/random.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

const DO_COM_PORT = Uint8Array.of(255, 253, 44);

/** Serves a port until disposed. */
async function serve(port: Port, protocol: 'rfc2217' | 'raw') {
  const stop = new AbortController();
  let listening: (address: AddressInfo | undefined) => void = () => {};
  const address = new Promise<AddressInfo | undefined>((resolve) => {
    listening = resolve;
  });
  const served = servePort(port, {
    protocol,
    at: { host: '127.0.0.1', port: 0 },
    signal: stop.signal,
    onListening: listening,
    onClient: () => {},
  });
  return {
    tcpPort: (await address)?.port ?? 0,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await served;
    },
  };
}

describe('socket:// carries everything but reset lines', () => {
  test('install, the log and reset-creds work through it', { timeout: 120_000 }, async () => {
    home.makeBoard('raw', 'micropython');
    await using board = await openPort('virtual:raw?speed=max&http=0&dns=0');
    await using server = await serve(board, 'raw');
    const notices: string[] = [];
    await using port = await openPort(`socket://127.0.0.1:${server.tcpPort}`, {
      onNotice: ({ message }) => notices.push(message),
    });
    const log = new BoardLog(port);
    expect(await install(port, { log })).toMatchObject({ state: 'portal' });
    expect(await resetCredentials(port)).toMatchObject({ forgotten: [], portal: { state: 'portal' } });
    expect(notices).toHaveLength(1); // that there are no reset lines
  });
});

describe('a port that was closed', () => {
  test.each(['rfc2217', 'raw'] as const)('can be opened again at once: %s', async (protocol) => {
    await using server = await serve(new FakePort(), protocol);
    const scheme = protocol === 'raw' ? 'socket' : protocol;
    for (let round = 0; round < 10; round++) {
      await using port = await openPort(`${scheme}://127.0.0.1:${server.tcpPort}`);
      await port.write(Buffer.alloc(1000)); // the server has something to do when it is left
    }
  });

  test('does not wait without limit for a server that keeps the connection open', async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection');
    const port = await openPort(`socket://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [socket] = (await connected) as [Socket];
    await port[Symbol.asyncDispose]();
    expect(socket.writable).toBe(true); // it has not hung up
    socket.destroy();
    server.close();
  });
});

describe('a server that talks nonsense', () => {
  test.concurrent.each(['rfc2217', 'socket'])(
    'does no harm to a %s client: what it cannot understand ends in a named error',
    async (scheme) => {
      const random = seededRandom(5);
      const noise = Buffer.from(
        Array.from({ length: 20_000 }, () => (random(3) ? random(256) : 240 + random(16))),
      );
      const server = createServer((socket) => {
        socket.on('error', () => {});
        if (scheme === 'rfc2217') socket.write(DO_COM_PORT);
        const talk = () => {
          for (let at = 0; at < noise.length; at += 500) socket.write(noise.subarray(at, at + 500));
        };
        talk();
        // And again as an answer to what is asked: whatever has come before is forgotten when the asking begins.
        let answers = 0;
        socket.on('data', (bytes) => {
          if (bytes.includes('print(') && answers++ < 3) talk();
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port: tcpPort } = server.address() as AddressInfo;
      {
        await using port = await openPort(`${scheme}://127.0.0.1:${tcpPort}`);
        await expect(RawRepl.enter(port)).rejects.toMatchObject({ code: 'repl-not-micropython' });
      }
      server.close();
    },
    40_000,
  );

  test('a connection that breaks is a port that went away, for reads and for writes', async () => {
    let client: Socket | undefined;
    const server = createServer((socket) => {
      client = socket.on('error', () => {});
      socket.write(DO_COM_PORT);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using port = await openPort(`rfc2217://127.0.0.1:${(server.address() as AddressInfo).port}`);
    client?.resetAndDestroy();
    await expect(port.read({ timeoutMs: 30_000 })).rejects.toMatchObject({ code: 'port-lost' });
    await expect(port.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'port-lost' });
    server.close();
  });
});

describe('a client that talks nonsense', () => {
  let port: FakePort;
  beforeEach(() => {
    port = new FakePort();
  });

  test('does no harm to the server, and the next one is served', async () => {
    await using server = await serve(port, 'rfc2217');
    const random = seededRandom(9);
    for (let round = 0; round < 20; round++) {
      const client = connect(server.tcpPort, '127.0.0.1');
      client.on('error', () => {});
      await once(client, 'connect');
      client.end(
        Buffer.from(Array.from({ length: 2000 }, () => (random(3) ? random(256) : 240 + random(16)))),
      );
      client.resume();
      await once(client, 'close');
    }
    port.written = Buffer.alloc(0);
    const client = connect(server.tcpPort, '127.0.0.1');
    await once(client, 'connect');
    client.write(
      Buffer.concat([
        Buffer.from([255, 251, 44]), // WILL COM-PORT
        comPortCommand(SET_BAUD_RATE, [0, 0, 0x25, 0x80]),
        Buffer.from('hello\xff\xff', 'latin1'),
      ]),
    );
    const answer = Buffer.concat([
      Buffer.from([255, 253, 44]), // DO COM-PORT
      comPortCommand(SET_BAUD_RATE + 100, [0, 0, 0x25, 0x80]),
    ]);
    let received = Buffer.alloc(0);
    while (received.length < answer.length) {
      const [bytes] = (await once(client, 'data')) as [Buffer];
      received = Buffer.concat([received, bytes]);
    }
    expect(received.toString('hex')).toBe(Buffer.from(answer).toString('hex'));
    expect(port.baudRate).toBe(9600);
    client.destroy();
  });

  test('changes of both lines that come together are one change', async () => {
    await using server = await serve(port, 'rfc2217');
    {
      await using client = await openPort(`rfc2217://127.0.0.1:${server.tcpPort}`);
      await client.setLines({ dtr: false, rts: false });
      await client.setLines({ dtr: true, rts: true });
      await client.setLines({ dtr: false, rts: true });
      await client.setBaudRate(74880);
      await client.write(Buffer.from([1, 255, 2]));
      while (port.written.length < 3) await new Promise(setImmediate);
      expect(port.baudRate).toBe(74880);
    }
    expect(port.lines.slice(0, 4)).toEqual([
      { dtr: true, rts: true }, // at rest
      { dtr: false, rts: false },
      { dtr: true, rts: true },
      { dtr: false, rts: true },
    ]);
    expect([...port.written]).toEqual([1, 255, 2]);
  });
});
