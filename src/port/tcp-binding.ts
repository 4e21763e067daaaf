// Serial ports behind a TCP connection, as a binding for SerialPortStream: raw bytes (`socket://`) or Telnet with
// baud rate and control lines (`rfc2217://`).

import { connect, type Socket } from 'node:net';
import type { Binding, OpenOptions } from './binding-types.js';
import { TelnetPort } from './rfc2217/client.js';
import { closedAtOnce, SocketPort } from './socket-port.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** @param signal gives up opening; an open port is not affected */
export function tcpBinding(signal?: AbortSignal): Binding {
  let port: SocketPort | undefined;
  return {
    get roundTripMs() {
      return port?.roundTripMs ?? 0;
    },
    list: async () => [],
    open: async (options: OpenOptions) => {
      port = await openTcp(options, signal);
      return port;
    },
  };
}

async function openTcp(options: OpenOptions, signal: AbortSignal | undefined): Promise<SocketPort> {
  const url = new URL(options.path);
  const host = url.hostname.replace(/^\[|\]$/g, ''); // an IPv6 address in a URL
  const socket = connect({ host, port: Number(url.port), noDelay: true });
  const giveUp = () => socket.destroy(new Error('aborted'));
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted) giveUp();
  try {
    const startedAt = performance.now();
    await connected(socket, url);
    const connectMs = performance.now() - startedAt;
    const port =
      url.protocol === 'rfc2217:'
        ? new TelnetPort(socket, options, connectMs)
        : new SocketPort(socket, options, connectMs);
    await port.begin();
    return port;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

async function connected(socket: Socket, { host, href }: URL): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error(`no answer from ${host}`)));
    // A reset after the handshake; without a listener it is ECONNREFUSED.
    const onError = (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ECONNRESET' ? closedAtOnce(href, error) : error);
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      socket.setTimeout(0);
      resolve();
    });
  });
}
