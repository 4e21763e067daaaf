// A serial line over TCP, without a board at its other end.

import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.js';

/** A serial line over TCP that sends these pieces to each client, and later what a test gives. */
export async function talker(...pieces: readonly (string | Uint8Array)[]) {
  const received: string[] = [];
  const clients: Socket[] = [];
  const server = createServer((socket) => {
    clients.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => received.push(bytes.toString('latin1')));
    for (const piece of pieces) socket.write(piece);
  });
  const tcpPort = await freePort();
  const open = () => new Promise<void>((resolve) => server.listen(tcpPort, '127.0.0.1', resolve));
  await open();
  const drop = () => {
    for (const client of clients.splice(0)) client.destroy();
  };
  onTestFinished(() => {
    drop();
    server.close();
  });
  return { port: `socket://127.0.0.1:${tcpPort}`, received, clients, drop };
}
