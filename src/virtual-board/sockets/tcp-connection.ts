// One TCP connection between a client on this computer and the virtual board, with lwIP's small buffers.

import type { Socket } from 'node:net';
import { EAGAIN, ECONNRESET } from '../interpreter/errno.js';
import type { Datagram } from '../interpreter/worker-messages.js';
import { type BoardSocket, POLLERR, POLLHUP, POLLIN, POLLOUT } from './board-socket.js';

/** A client that never closes its side is cut off, as by MICROPY_PY_LWIP_TCP_CLOSE_TIMEOUT_MS. */
const CLOSE_TIMEOUT_MS = 10_000;

export class TcpConnection implements BoardSocket {
  readonly #socket: Socket;
  readonly #remotePort: number;
  readonly #onChange: () => void;
  readonly #sendBufferBytes: number;
  #ended = false;
  #reset = false;

  /** @param options.onChange called when the state for `poll` may have changed */
  constructor(
    socket: Socket,
    { onChange, sendBufferBytes }: { readonly onChange: () => void; readonly sendBufferBytes: number },
  ) {
    this.#socket = socket;
    this.#remotePort = socket.remotePort ?? 0;
    this.#onChange = onChange;
    this.#sendBufferBytes = sendBufferBytes;
    socket.setNoDelay(true);
    socket.on('readable', () => {
      // At the end of the stream this makes 'end' follow.
      socket.read(0);
      onChange();
    });
    socket.on('end', () => {
      this.#ended = true;
      onChange();
    });
    socket.on('error', () => {
      this.#reset = true;
      onChange();
    });
  }

  get remotePort(): number {
    return this.#remotePort;
  }

  poll(): number {
    if (this.#reset) return POLLIN | POLLOUT | POLLERR | POLLHUP;
    const readable = this.#ended || this.#socket.readableLength > 0 ? POLLIN : 0;
    return readable | (this.#room() > 0 || this.#ended ? POLLOUT : 0);
  }

  receive(maxBytes: number, peek: boolean): Datagram | number {
    const available = Math.min(maxBytes, this.#socket.readableLength);
    if (available > 0) {
      const bytes: Buffer = this.#socket.read(available);
      if (peek) this.#socket.unshift(bytes);
      // Reading the last byte alone does not emit 'end'.
      else this.#socket.read(0);
      return { bytes, port: this.#remotePort };
    }
    if (this.#reset) return -ECONNRESET;
    return this.#ended ? { bytes: new Uint8Array(0), port: this.#remotePort } : -EAGAIN;
  }

  send(bytes: Uint8Array): number {
    if (this.#reset) return -ECONNRESET;
    const taken = bytes.subarray(0, this.#room());
    if (taken.length === 0) return -EAGAIN;
    this.#socket.write(taken, this.#onChange);
    return taken.length;
  }

  close(): void {
    if (this.#reset) return;
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT_MS);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The peer disappeared; both sides get a reset. */
  cutOff(): void {
    this.#reset = true;
    this.#socket.resetAndDestroy();
  }

  /** Nothing is left of the connection, nor of what was sent on it. */
  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  #room(): number {
    return Math.max(0, this.#sendBufferBytes - this.#socket.writableLength);
  }
}
