// A TCP connection as a port, whose bytes are not read: they stay with the server.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { SocketPort } from '../../../src/port/socket-port.js';

/** Counts from 0 to 255 repeatedly, so that a lost byte is noticed. */
const CYCLE = Uint8Array.from({ length: 256 }, (_, index) => index);

/** Sends without end, as fast as it is read. */
async function endlessServer(): Promise<number> {
  const server = createServer((socket) => {
    const send = () => {
      while (socket.write(CYCLE));
    };
    socket.on('drain', send).on('error', () => {});
    send();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function readBytes(port: SocketPort, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at < count; ) at += (await port.read(bytes, at, count - at)).bytesRead;
  return bytes;
}

const isCycle = (bytes: Buffer) => bytes.every((byte, index) => byte === ((bytes[0] ?? 0) + index) % 256);

async function untilPaused(socket: Socket): Promise<void> {
  if (!socket.isPaused()) await once(socket, 'pause');
}

test('takes no more than 256 KiB until it is read, and loses nothing', async () => {
  const socket = connect(await endlessServer(), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const port = new SocketPort(socket, { path: 'socket://127.0.0.1:1', baudRate: 115200 }, 0);
  await untilPaused(socket);
  for (let turn = 0; turn < 500; turn++) await nextTurn();
  expect(socket.bytesRead).toBeLessThanOrEqual(256 * 1024);
  const bytes = await readBytes(port, 1024 * 1024);
  expect(bytes[0]).toBe(0);
  expect(isCycle(bytes)).toBe(true);
  await untilPaused(socket);
  await port.flush();
  expect(isCycle(await readBytes(port, 1024 * 1024))).toBe(true);
});
