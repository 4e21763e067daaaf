// Opening ports that other programs serve, and giving up.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openPort } from '../../../src/port/open.js';

const [IAC, DONT, COM_PORT] = [0xff, 0xfe, 0x2c];

async function serve(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    answer(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a Telnet server that refuses COM-PORT is named, with what to do', async () => {
  const tcpPort = await serve((socket) => {
    socket.once('data', () => socket.write(Uint8Array.of(IAC, DONT, COM_PORT)));
  });
  await expect(openPort(`rfc2217://127.0.0.1:${tcpPort}`)).rejects.toMatchObject({
    code: 'port-failed',
    message: expect.stringContaining('refuses COM-PORT-OPTION'),
    next: expect.stringContaining(`socket://127.0.0.1:${tcpPort}`),
  });
});

test('a signal ends the opening of a port', async () => {
  const tcpPort = await serve(() => {});
  const opening = openPort(`socket://127.0.0.1:${tcpPort}`, {
    signal: AbortSignal.abort(new Error('enough')),
  });
  await expect(opening).rejects.toThrow('enough');
});
