// Serves a Port to one client at a time: with baud rate and control lines (RFC 2217), or raw bytes. Decides who is the
// client; served-client.ts implements the protocol.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Port } from '../port.js';
import { RawClient, TelnetClient } from './served-client.js';

/** Interval for checking whether an idle board is still connected; not critical. */
const POLL_MS = 1000;

export interface ServeOptions {
  protocol: 'rfc2217' | 'raw';
  /** Address to listen on, such as 127.0.0.1 with 0 for any free port, or the path of a socket. */
  at: { readonly host: string; readonly port: number } | { readonly path: string };
  /** Ends the service. */
  signal: AbortSignal;
  /** Called once; the address is undefined for a socket with a path. */
  onListening: (address: AddressInfo | undefined) => void;
  /** @param refusal why the server hung up, if it did */
  onClient: (client: string, isConnected: boolean, refusal?: string) => void;
}

/**
 * Serves until the signal aborts. While one client is connected, another one is refused.
 * @throws PortalError `port-lost`; an error of the operating system when the address cannot be had
 */
export async function servePort(port: Port, options: ServeOptions): Promise<void> {
  const { signal } = options;
  let client: RawClient | undefined;
  /** Connected while bytes of `client` were still being written. */
  let next: RawClient | undefined;
  let arrival = new AbortController();
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {}); // 'close' follows
    // One that was reset while it waited to be accepted has no address any more.
    const hasLeft = 'port' in options.at && socket.remoteAddress === undefined;
    if (hasLeft || next || (client && !client.isGone)) {
      socket.destroy(); // one that is only ended stays until its client has read
      return;
    }
    next = new (options.protocol === 'raw' ? RawClient : TelnetClient)(socket, port);
    arrival.abort();
  });
  server.listen(options.at);
  await once(server, 'listening');
  const address = server.address();
  options.onListening(typeof address === 'string' || address === null ? undefined : address);
  try {
    while (!signal.aborted) {
      arrival = new AbortController();
      client = next;
      next = undefined;
      if (client) await serveClient(client, port, options);
      // A serial line keeps no bytes without a receiver.
      else await readUntil(port, AbortSignal.any([signal, arrival.signal]));
    }
  } finally {
    const closed = once(server, 'close');
    client?.close();
    next?.close();
    server.close();
    await closed;
  }
}

/** Serves one client until it has disconnected and its bytes are written. */
async function serveClient(
  client: RawClient,
  port: Port,
  { signal, onClient }: Pick<ServeOptions, 'signal' | 'onClient'>,
): Promise<void> {
  const { name } = client;
  onClient(name, true);
  // What the board sent before a client connected is dropped.
  await port.read({ timeoutMs: 0 });
  const left = new AbortController();
  const served = client.serve().finally(() => left.abort());
  // A client that reads nothing must not keep the service from ending.
  const hangUp = () => client.close();
  signal.addEventListener('abort', hangUp, { once: true });
  const ended = AbortSignal.any([signal, left.signal]);
  try {
    while (!ended.aborted) {
      const bytes = await readUntil(port, ended);
      if (bytes) await client.send(bytes);
    }
  } finally {
    signal.removeEventListener('abort', hangUp);
    client.close();
    if (!signal.aborted) await served;
    onClient(name, false, client.refusal);
  }
}

/** @returns undefined when nothing came for a while, or the signal aborted */
async function readUntil(port: Port, ended: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await port.read({ timeoutMs: POLL_MS, signal: ended });
  } catch (error) {
    if (!ended.aborted) throw error;
    return undefined;
  }
}
