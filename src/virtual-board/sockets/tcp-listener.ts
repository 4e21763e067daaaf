// A TCP port on which the virtual board listens; clients wait here until the program accepts them.

import { createServer, type Server, type Socket } from 'node:net';
import { EAGAIN, ENOTCONN } from '../interpreter/errno.js';
import { type BoardSocket, POLLIN } from './board-socket.js';
import { LOOPBACK } from './host-ports.js';
import { TcpConnection } from './tcp-connection.js';

/** A client sends a SYN again after 1, 2 and 4 s (Linux, and so Android), then it gives up. */
const SYN_TIMEOUTS_MS = [1000, 2000, 4000];

export interface TcpListenerOptions {
  /** Connections that may wait. */
  readonly backlog: number;
  /** Whether packets reach the board. */
  readonly carries: () => boolean;
  /** Whether the board has memory for another connection: without it, lwIP ignores a SYN. */
  readonly hasMemory: () => boolean;
  /** Whether a connection is reset when the backlog is full, as by extmod/modlwip.c; ESP-IDF ignores the SYN. */
  readonly resetsOverBacklog: boolean;
  readonly sendBufferBytes: number;
  readonly onChange: () => void;
}

export class TcpListener implements BoardSocket {
  readonly #options: TcpListenerOptions;
  readonly #server: Server;
  readonly #waiting: TcpConnection[] = [];
  /** Clients whose SYN the board has ignored, with the time of their next one. */
  readonly #ignored = new Map<Socket, NodeJS.Timeout>();

  constructor(options: TcpListenerOptions) {
    this.#options = options;
    // Half open: the board's program decides when its side of a connection closes.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const ignoreError = () => undefined;
      socket.on('error', ignoreError);
      this.#offer(socket, SYN_TIMEOUTS_MS);
    });
    this.#server.unref();
  }

  /** What a SYN of this client leads to: this computer has accepted the connection already, so it waits here. */
  #offer(socket: Socket, [timeoutMs, ...others]: readonly number[]): void {
    const { backlog, carries, hasMemory, resetsOverBacklog, onChange } = this.#options;
    this.#ignored.delete(socket);
    if (socket.destroyed) return;
    const hasRoom = this.#waiting.length < backlog;
    if (carries() && hasMemory() && hasRoom) {
      this.#waiting.push(new TcpConnection(socket, this.#options));
      onChange();
    } else if (!carries() || (hasMemory() && resetsOverBacklog) || timeoutMs === undefined) {
      socket.resetAndDestroy();
    } else {
      this.#ignored.set(socket, setTimeout(() => this.#offer(socket, others), timeoutMs).unref());
    }
  }

  #forgetIgnored(): void {
    for (const [socket, timer] of this.#ignored) {
      clearTimeout(timer);
      socket.resetAndDestroy();
    }
    this.#ignored.clear();
  }

  /** @returns the port on this computer; rejects with Node's error when it is taken */
  open(hostPort: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(hostPort, LOOPBACK, () => {
        this.#server.off('error', reject);
        this.#server.on('error', this.#options.onChange);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : hostPort);
      });
    });
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  accept(): TcpConnection | number {
    return this.#waiting.shift() ?? -EAGAIN;
  }

  cutOffWaiting(): void {
    this.#forgetIgnored();
    for (const connection of this.#waiting.splice(0)) connection.cutOff();
  }

  poll(): number {
    return this.#waiting.length > 0 ? POLLIN : 0;
  }

  receive(): number {
    return -ENOTCONN;
  }

  send(): number {
    return -ENOTCONN;
  }

  close(): void {
    this.#server.close();
    this.#forgetIgnored();
    for (const connection of this.#waiting.splice(0)) connection.destroy();
  }

  destroy(): void {
    this.close();
  }
}
