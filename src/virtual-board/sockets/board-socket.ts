// The interface of the sockets in the board's socket table.

import type { Datagram } from '../interpreter/worker-messages.js';

/** Bits of MicroPython's `select`. */
export const POLLIN = 1;
export const POLLOUT = 4;
export const POLLERR = 8;
export const POLLHUP = 16;

/** Negative numbers are MicroPython's errnos. */
export interface BoardSocket {
  /** The state in the bits above, requested or not. */
  poll(): number;
  receive(maxBytes: number, peek: boolean): Datagram | number;
  /** @returns how many bytes were taken */
  send(bytes: Uint8Array): number;
  /** As a program closes it: what was sent still arrives. */
  close(): void;
  /** As a reset ends it: nothing more is sent. */
  destroy(): void;
}

/** A socket that is neither bound nor connected. */
export class NewSocket implements BoardSocket {
  readonly kind: 'tcp' | 'udp';
  boardPort = 0;
  readonly #errno: number;

  constructor(kind: 'tcp' | 'udp', errno: number) {
    this.kind = kind;
    this.#errno = errno;
  }

  poll(): number {
    return POLLHUP;
  }
  receive(): number {
    return -this.#errno;
  }
  send(): number {
    return -this.#errno;
  }
  close(): void {}
  destroy(): void {}
}
