// Carries bytes to an emulator as fast as it reads them. Its serial line has no baud rate: after a pause without the
// processor it would get all that came meanwhile at once, more than its firmware buffers.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** With what the emulated UART holds, less than any firmware buffers. */
const PIECE_BYTES = 16;

/** @returns the TCP port of a server that passes everything on to this one, both ways */
export async function carryAsRead(serverPort: number): Promise<number> {
  const carrier = createServer({ noDelay: true }, (client) => {
    const server = connect({ port: serverPort, host: '127.0.0.1', noDelay: true });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('close', () => other.destroy()).on('error', () => {});
    server.pipe(client);
    passOn(client, server, serverPort).catch(() => server.destroy());
  }).listen(0, '127.0.0.1');
  await once(carrier, 'listening');
  carrier.unref();
  return (carrier.address() as AddressInfo).port;
}

async function passOn(client: Socket, server: Socket, serverPort: number): Promise<void> {
  for await (const bytes of client as AsyncIterable<Buffer>) {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      server.write(bytes.subarray(at, at + PIECE_BYTES));
      while (!server.destroyed && hasUnread(serverPort)) await delay(3);
    }
  }
}

/** Whether bytes to a server of this computer are on their way or have not been read: proc(5), /proc/net/tcp. */
function hasUnread(serverPort: number): boolean {
  const port = serverPort.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .some((line) => {
      const [, local = '', remote = '', , queues = ''] = line.trim().split(/\s+/);
      const [sent, received] = queues.split(':').map((count) => Number.parseInt(count, 16));
      return (local.endsWith(`:${port}`) && received !== 0) || (remote.endsWith(`:${port}`) && sent !== 0);
    });
}
