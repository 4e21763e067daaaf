// Who may reach the line behind an RFC 2217 server, and in what order.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONTROL, comPortCommand, SET_BAUD_RATE, SET_CONTROL } from '../../../../src/port/rfc2217/codec.js';
import { servePort } from '../../../../src/port/rfc2217/server.js';
import { FakePort } from '../../../support/fake-port.js';

const WILL_COM_PORT = Buffer.from([255, 251, 44]);
const WONT_COM_PORT = Buffer.from([255, 252, 44]);
const DO_COM_PORT = Buffer.from([255, 253, 44]);
const CODE = 'import os\r\nos.remove("main.py")\r\n';

let port: FakePort;
let tcpPort = 0;
let clients: string[] = [];
let refusals: string[] = [];
let stop: () => Promise<void>;

beforeEach(async () => {
  port = new FakePort();
  clients = [];
  refusals = [];
  const ended = new AbortController();
  const { promise, resolve } = deferred<AddressInfo | undefined>();
  const served = servePort(port, {
    protocol: 'rfc2217',
    at: { host: '127.0.0.1', port: 0 },
    signal: ended.signal,
    onListening: resolve,
    onClient: (client, isConnected, refusal) => {
      if (isConnected) clients.push(client);
      if (refusal !== undefined) refusals.push(refusal);
    },
  });
  tcpPort = (await promise)?.port ?? 0;
  stop = async () => {
    ended.abort();
    await served;
  };
});
afterEach(() => stop());

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A connection that sends these bytes. */
async function client(...pieces: readonly (string | Uint8Array)[]): Promise<Socket> {
  const socket = connect(tcpPort, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  for (const piece of pieces) socket.write(piece);
  return socket;
}

/** Reads until these bytes have come, and returns what came before them. */
async function until(socket: Socket, wanted: Uint8Array): Promise<string> {
  let seen = Buffer.alloc(0);
  while (!seen.includes(Buffer.from(wanted))) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    seen = Buffer.concat([seen, bytes]);
  }
  return seen.subarray(0, seen.indexOf(Buffer.from(wanted))).toString('latin1');
}

const control = (value: number) => comPortCommand(SET_CONTROL, [value]);
const acknowledged = (value: number) => comPortCommand(SET_CONTROL + 100, [value]);

test.each([
  ['a web page', [`POST / HTTP/1.1\r\nHost: 127.0.0.1:2217\r\nContent-Length: 99\r\n\r\n${CODE}`]],
  ['a program that knows nothing of Telnet', [CODE]],
  ['half an option', [Buffer.from([255]), CODE]],
  ['half a verb', [Buffer.from([255, 251]), CODE]],
  ['other options', [Buffer.from([255, 251, 0, 255, 253, 3]), CODE]],
  ['data before the option', [CODE, WILL_COM_PORT]],
  ['an option that is taken back', [WILL_COM_PORT, WONT_COM_PORT, CODE]],
  ['commands without the option', [control(CONTROL.rtsOn), CODE]],
  ['a rate without the option', [comPortCommand(SET_BAUD_RATE, [0, 0, 0x25, 0x80]), CODE]],
] as const)('%s reaches nothing and is disconnected', async (_, pieces) => {
  const socket = await client(...pieces);
  socket.resume();
  await once(socket, 'close');
  // The next client is served after all of this one is done.
  const next = await client(WILL_COM_PORT);
  await until(next, DO_COM_PORT);
  expect(port.written.toString('latin1')).toBe('');
  expect(port.lines).toEqual([]);
  expect(port.baudRate).toBe(115200);
  expect(refusals).toEqual(['sent data before it had negotiated RFC 2217']);
  next.destroy();
});

test('a client that has negotiated sends and receives', async () => {
  const socket = await client(WILL_COM_PORT, CODE);
  await until(socket, DO_COM_PORT);
  while (port.written.length < CODE.length) await new Promise(setImmediate);
  expect(port.written.toString('latin1')).toBe(CODE);
  port.send('>>> ');
  await until(socket, Buffer.from('>>> '));
  socket.destroy();
});

test('what was meant for one client, and how it left the line, does not reach the next', async () => {
  const first = await client(
    WILL_COM_PORT,
    comPortCommand(SET_BAUD_RATE, [0, 0, 0x25, 0x80]),
    control(CONTROL.rtsOn),
  );
  await until(first, acknowledged(CONTROL.rtsOn));
  expect(port.baudRate).toBe(9600);
  first.pause();
  port.send(Buffer.alloc(20_000_000, 'x')); // more than sockets hold: the server waits for its client
  await new Promise(setImmediate);
  port.send('the password is');
  first.destroy();
  let next: Socket;
  do {
    next = await client(WILL_COM_PORT); // turned away until the server has seen the first one leave
    await Promise.race([once(next, 'data'), once(next, 'close')]);
  } while (next.destroyed);
  port.send('>>> ');
  expect(await until(next, Buffer.from('>>> '))).toBe('');
  expect(port.lines.at(-1)).toEqual({ dtr: false, rts: false });
  expect(port.baudRate).toBe(115200);
  next.destroy();
});

test('lines that a client changes one after the other change together where the chip would start between them', async () => {
  const socket = await client(WILL_COM_PORT);
  await until(socket, DO_COM_PORT);
  for (const value of [CONTROL.dtrOff, CONTROL.rtsOn, CONTROL.dtrOn, CONTROL.rtsOff, CONTROL.dtrOff]) {
    socket.write(control(value));
    await until(socket, acknowledged(value)); // the next is not sent before
  }
  expect(port.lines).toEqual([
    { dtr: false, rts: false },
    { dtr: false, rts: true },
    { dtr: true, rts: false },
    { dtr: false, rts: false },
  ]);
  socket.destroy();
});

test('DTR on its own is asserted before anything else that follows', async () => {
  const socket = await client(WILL_COM_PORT);
  await until(socket, DO_COM_PORT);
  socket.write(control(CONTROL.rtsOn));
  socket.write(control(CONTROL.dtrOn));
  await until(socket, acknowledged(CONTROL.dtrOn));
  socket.write('x');
  while (port.written.length < 1) await new Promise(setImmediate);
  expect(port.lines.at(-1)).toEqual({ dtr: true, rts: true });
  socket.destroy();
});

test('a client that has reset its connection before it is accepted is never announced', async () => {
  const program = `const socket = require('node:net').connect(${tcpPort}, '127.0.0.1', () => socket.resetAndDestroy())`;
  spawnSync(process.execPath, ['-e', program]); // this process accepts nothing meanwhile
  const served = await client(WILL_COM_PORT);
  await once(served, 'data');
  expect(clients).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
});
