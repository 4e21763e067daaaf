// A TCP port on which the virtual board listens; clients wait here until the program accepts them.

import { createServer, type Server } from 'node:net';
import { EAGAIN, ENOTCONN } from '../interpreter/errno.js';
import { type BoardSocket, POLLIN } from './board-socket.js';
import { LOOPBACK } from './host-ports.js';
import { TcpConnection } from './tcp-connection.js';

export interface TcpListenerOptions {
  /** Connections that may wait. */
  readonly backlog: number;
  /** Whether it reaches the board, and the board has memory for another connection. */
  readonly accepts: () => boolean;
  readonly sendBufferBytes: number;
  readonly onChange: () => void;
}

export class TcpListener implements BoardSocket {
  readonly #options: TcpListenerOptions;
  readonly #server: Server;
  readonly #waiting: TcpConnection[] = [];

  constructor(options: TcpListenerOptions) {
    this.#options = options;
    // Half open: the board's program decides when its side of a connection closes.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      if (this.#waiting.length >= options.backlog || !options.accepts()) {
        socket.resetAndDestroy();
        return;
      }
      this.#waiting.push(new TcpConnection(socket, options));
      options.onChange();
    });
    this.#server.unref();
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
    for (const connection of this.#waiting.splice(0)) connection.destroy();
  }

  destroy(): void {
    this.close();
  }
}
