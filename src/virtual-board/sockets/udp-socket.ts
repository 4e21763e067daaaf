// A UDP port of the virtual board, with lwIP's short queue of datagrams.

import { createSocket, type Socket } from 'node:dgram';
import { EAGAIN, ENOTCONN } from '../interpreter/errno.js';
import type { Datagram } from '../interpreter/worker-messages.js';
import { type BoardSocket, POLLIN, POLLOUT } from './board-socket.js';
import { LOOPBACK } from './host-ports.js';

export interface UdpSocketOptions {
  /** Datagrams that wait; a further one is lost. */
  readonly queueLength: number;
  /** Whether a datagram reaches the board. */
  readonly accepts: () => boolean;
  readonly onChange: () => void;
}

export class UdpSocket implements BoardSocket {
  readonly #options: UdpSocketOptions;
  readonly #queue: Datagram[] = [];
  #socket: Socket;
  #closed = false;

  constructor(options: UdpSocketOptions) {
    this.#options = options;
    this.#socket = this.#create();
  }

  /** @returns the port on this computer; rejects with Node's error when it is taken */
  open(hostPort: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      socket.once('error', (error) => {
        // A socket that failed to bind cannot be used again.
        socket.close();
        this.#socket = this.#create();
        reject(error);
      });
      socket.bind(hostPort, LOOPBACK, () => {
        socket.removeAllListeners('error');
        socket.on('error', this.#options.onChange);
        resolve(socket.address().port);
      });
    });
  }

  poll(): number {
    return (this.#queue.length > 0 ? POLLIN : 0) | POLLOUT;
  }

  receive(maxBytes: number, peek: boolean): Datagram | number {
    const datagram = peek ? this.#queue[0] : this.#queue.shift();
    if (!datagram) return -EAGAIN;
    return { bytes: datagram.bytes.subarray(0, maxBytes), port: datagram.port };
  }

  send(): number {
    return -ENOTCONN;
  }

  sendTo(bytes: Uint8Array, port: number): number {
    this.#socket.send(bytes, port, LOOPBACK);
    return bytes.length;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  destroy(): void {
    this.close();
  }

  #create(): Socket {
    const socket = createSocket('udp4');
    socket.unref();
    socket.on('message', (bytes, from) => {
      const { queueLength, accepts, onChange } = this.#options;
      if (!accepts() || this.#queue.length >= queueLength) return;
      this.#queue.push({ bytes, port: from.port });
      onChange();
    });
    return socket;
  }
}
