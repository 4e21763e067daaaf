// A TCP connection as a serial port: raw bytes. Independent of the protocol inside.

import type { Socket } from 'node:net';
import { PortalError } from '../errors.js';
import {
  type AllOpenOptions,
  type BindingPort,
  OPEN_DEFAULTS,
  type OpenOptions,
  type PortStatus,
  type SetOptions,
  type UpdateOptions,
} from './binding-types.js';
import { canceled, ReceiveBuffer } from './receive-buffer.js';

/** A server that has another client closes the connection at once, some after a message. */
export const REFUSED_WITHIN_MS = 100;
/** A connection that was closed within this time was closed at once, also behind a slow network. */
const AT_ONCE_MS = 1000;

/** Time for the server to close the connection. */
const HANG_UP_MS = 500;

/** Unread bytes beyond this stay with the system, and then with the server. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** Bytes as they are; a socket has no lines and no baud rate. */
export class SocketPort implements BindingPort {
  readonly openOptions: AllOpenOptions;
  isOpen = true;
  /** A relay, such as an SSH tunnel, accepts a connection before the far end has seen it: a lower limit. */
  roundTripMs: number;
  protected readonly socket: Socket;
  readonly #received = new ReceiveBuffer();
  #ended: Error | undefined;

  /** @param connectMs how long it took to connect */
  constructor(socket: Socket, options: OpenOptions, connectMs: number) {
    this.socket = socket;
    this.roundTripMs = connectMs;
    this.openOptions = { ...OPEN_DEFAULTS, ...options };
    socket.on('data', (bytes) => this.#receive(this.decode(bytes)));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('disconnected')));
  }

  #receive(bytes: Uint8Array): void {
    this.#received.push(bytes);
    if (this.#received.unreadBytes > MAX_UNREAD_BYTES) this.socket.pause();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    if (this.isOpen) this.#received.fail(this.#ended);
  }

  /**
   * Begins to use the connection.
   * @throws PortalError `port-busy` if the server closes it at once
   */
  async begin(): Promise<void> {
    await this.untilServed(REFUSED_WITHIN_MS, () => false);
  }

  /**
   * Waits at most `withinMs` for `isServed`, which is checked now and after each piece of data.
   * @throws PortalError `port-busy` if the connection is closed at once; otherwise what ended it
   */
  protected async untilServed(withinMs: number, isServed: () => boolean): Promise<void> {
    const { socket } = this;
    const startedAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error) => {
        clearTimeout(timer);
        socket.off('data', onData);
        socket.off('close', onClose);
        if (error) reject(error);
        else resolve();
      };
      const onData = () => {
        if (isServed() && !socket.destroyed) done();
      };
      const onClose = () => {
        const isAtOnce = performance.now() - startedAt < AT_ONCE_MS;
        const isExplained = this.#ended instanceof PortalError;
        done(isAtOnce && !isExplained ? closedAtOnce(this.openOptions.path, this.#ended) : this.#ended);
      };
      const timer = setTimeout(() => {
        if (!socket.destroyed) done(); // otherwise 'close' follows
      }, withinMs);
      socket.on('data', onData);
      socket.on('close', onClose);
      if (socket.closed) onClose();
      else onData();
    });
  }

  /** @returns what of the bytes belongs to the serial line */
  protected decode(bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  protected encode(bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    const bytesRead = await this.#received.read(buffer, offset, length);
    this.#resume();
    return { buffer, bytesRead };
  }

  /** A server that does not read the answers to what it sends is not read either. */
  #resume(): void {
    if (this.#received.unreadBytes <= MAX_UNREAD_BYTES && !this.socket.writableNeedDrain)
      this.socket.resume();
  }

  /** Answers for the protocol, within `decode`. */
  protected answer(bytes: Uint8Array): void {
    if (this.socket.destroyed || this.socket.write(bytes)) return;
    this.socket.pause();
    this.socket.once('drain', () => this.#resume());
  }

  async write(buffer: Buffer): Promise<void> {
    await this.send(this.encode(buffer));
  }

  protected async send(bytes: Uint8Array): Promise<void> {
    if (this.#ended) throw this.#ended;
    await new Promise<void>((resolve, reject) => {
      this.socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  async update(_options: UpdateOptions): Promise<void> {}

  async set(_options: SetOptions): Promise<void> {
    throw new Error('Operation not supported: a socket has no control lines');
  }

  async get(): Promise<PortStatus> {
    return { cts: false, dsr: false, dcd: false };
  }

  async getBaudRate(): Promise<{ baudRate: number }> {
    return { baudRate: this.openOptions.baudRate };
  }

  async flush(): Promise<void> {
    this.#received.clear();
    this.#resume();
  }

  async drain(): Promise<void> {}

  /** The server accepts the next client only after it has closed this connection. */
  async close(): Promise<void> {
    this.isOpen = false;
    this.#received.fail(canceled());
    if (this.socket.closed) return;
    const timer = setTimeout(() => this.socket.destroy(), HANG_UP_MS);
    await new Promise((resolve) => this.socket.once('close', resolve).end());
    clearTimeout(timer);
  }
}

/** The server has another client, or serves no port. */
export function closedAtOnce(address: string, cause: Error | undefined): PortalError {
  const { host } = new URL(address);
  return new PortalError('port-busy', `${host} accepted the connection and closed it at once.`, {
    cause,
    likelyCause: 'Perhaps another client has the port.',
    next: `Close the other client, or check that a serial port is served at ${host}, and run the same command again.`,
  });
}
