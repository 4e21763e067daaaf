// Opening ports that other programs serve, and giving up.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openPort } from '../../../src/port/open.js';

const [IAC, WILL, WONT, DO, DONT, COM_PORT] = [0xff, 0xfb, 0xfc, 0xfd, 0xfe, 0x2c];
const TERMINAL_TYPE = 24;

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

test.concurrent.each([
  ['sends nothing', () => {}],
  ['echoes', (socket: Socket) => void socket.pipe(socket)],
  [
    'echoes single bytes after a greeting',
    (socket: Socket) => {
      socket.write('welcome\r\n');
      socket.on('data', (bytes) => {
        for (const byte of bytes) socket.write(Uint8Array.of(byte));
      });
    },
  ],
  [
    'negotiates other Telnet options only',
    (socket: Socket) => void socket.write(Uint8Array.of(IAC, WILL, 1, IAC, DO, TERMINAL_TYPE)),
  ],
])('a server that %s is reported as not negotiating RFC 2217', async (_what, answer) => {
  const tcpPort = await serve(answer);
  await expect(openPort(`rfc2217://127.0.0.1:${tcpPort}`)).rejects.toMatchObject({
    code: 'port-failed',
    message: `The server at 127.0.0.1:${tcpPort} did not negotiate RFC 2217.`,
    likelyCause: expect.stringContaining('plain TCP'),
    next: expect.stringContaining(`socket://127.0.0.1:${tcpPort}`),
  });
});

/** Until the test ends, time passes only where a test lets it, or also there. */
function stopClock(shouldAdvanceTime = false): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime });
  onTestFinished(() => void vi.useRealTimers());
}

test.each([
  ['DO', [IAC, DO, COM_PORT]],
  ['WILL', [IAC, WILL, COM_PORT]],
])('a server that answers %s COM-PORT after 1.5 s is opened', async (_verb, answer) => {
  stopClock(true);
  const tcpPort = await serve((socket) => {
    socket.once('data', () => {
      vi.advanceTimersByTime(1500); // of the 3 s that the negotiation may take
      socket.write(Uint8Array.of(...answer, IAC, DO, TERMINAL_TYPE));
    });
    socket.on('data', (bytes) => {
      // It has read the answer, which may be an echo if it is WILL: that takes it all of its time.
      if (bytes.includes(Buffer.of(IAC, WONT, TERMINAL_TYPE))) vi.advanceTimersByTime(1500);
    });
  });
  await using port = await openPort(`rfc2217://127.0.0.1:${tcpPort}`);
  expect(port.hasLines).toBe(true);
});

test('the round trip to a server is measured, so that a far board has more time to answer', async () => {
  const tcpPort = await serve((socket) => {
    setTimeout(() => socket.write(Uint8Array.of(IAC, DO, COM_PORT)), 200);
  });
  await using port = await openPort(`rfc2217://127.0.0.1:${tcpPort}`);
  expect(port.roundTripMs).toBeGreaterThan(190);
});

describe.each(['rfc2217', 'socket'])('%s', (scheme) => {
  test.each([
    ['resets the connection', (socket: Socket) => void socket.resetAndDestroy()],
    ['sends a line and closes', (socket: Socket) => void socket.end('bye\r\n')],
  ])('a server that %s is reported with what it did', async (_what, answer) => {
    const tcpPort = await serve(answer);
    await expect(openPort(`${scheme}://127.0.0.1:${tcpPort}`)).rejects.toMatchObject({
      code: 'port-busy',
      message: `127.0.0.1:${tcpPort} accepted the connection and closed it at once.`,
      likelyCause: 'Perhaps another client has the port.',
      next: expect.stringContaining('Close the other client'),
    });
  });
});

test('a Telnet server that agrees before it says that the port is in use is reported as busy', async () => {
  const tcpPort = await serve((socket) => {
    // Bytes of ser2net 4.3.11.
    socket.write(
      Uint8Array.of(IAC, WILL, 3, IAC, DO, 3, IAC, WILL, 1, IAC, DONT, 1, IAC, DO, 0, IAC, WILL, 0),
    );
    socket.write(Uint8Array.of(IAC, DO, COM_PORT));
    socket.end('Port already in use\r\n');
  });
  await expect(openPort(`rfc2217://127.0.0.1:${tcpPort}`)).rejects.toMatchObject({ code: 'port-busy' });
});

test('a signal ends the opening of a port', async () => {
  const tcpPort = await serve(() => {});
  const opening = openPort(`socket://127.0.0.1:${tcpPort}`, {
    signal: AbortSignal.abort(new Error('enough')),
  });
  await expect(opening).rejects.toThrow('enough');
});

test('a signal closes the connection to a server that does not negotiate', async () => {
  let closed: Promise<unknown> | undefined;
  const giveUp = new AbortController();
  const tcpPort = await serve((socket) => {
    closed = once(socket.resume(), 'close');
    giveUp.abort(new Error('enough'));
  });
  stopClock(); // without the signal, the negotiation would never end
  const opening = openPort(`rfc2217://127.0.0.1:${tcpPort}`, { signal: giveUp.signal });
  await expect(opening).rejects.toThrow('enough');
  await closed;
});
