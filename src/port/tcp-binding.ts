// Serial ports behind a TCP connection, as a binding for SerialPortStream: raw bytes (`socket://`) or Telnet with
// baud rate and control lines (`rfc2217://`).

import { connect, type Socket } from 'node:net';
import { PortalError } from '../errors.js';
import {
  type AllOpenOptions,
  type Binding,
  type BindingPort,
  OPEN_DEFAULTS,
  type OpenOptions,
  type PortStatus,
  type SetOptions,
  type UpdateOptions,
} from './binding-types.js';
import {
  baudRateValue,
  CLIENT_GREETING,
  CONTROL,
  comPortCommand,
  escapeData,
  PURGE_DATA,
  SERVER_OFFSET,
  SET_BAUD_RATE,
  SET_CONTROL,
  SET_DATA_SIZE,
  SET_PARITY,
  SET_STOP_SIZE,
  TelnetDecoder,
  type TelnetPart,
} from './rfc2217/codec.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** A server that has another client hangs up at once, some with a word about it. */
const TURNED_AWAY_WITHIN_MS = 100;
/** A connection that was closed within this time was closed at once, also behind a slow network. */
const AT_ONCE_MS = 1000;
/** A server behind a slow network answers within a few round trips of 200 ms. */
const NEGOTIATE_WITHIN_MS = 3000;

/** Time for the server to close the connection. */
const HANG_UP_MS = 500;

/** Purges both directions at the server. */
const PURGE_BOTH = 3;

/** @param signal gives up opening; an open port is not affected */
export const tcpBinding = (signal?: AbortSignal): Binding => ({
  list: async () => [],
  open: async (options: OpenOptions) => {
    const url = new URL(options.path);
    const host = url.hostname.replace(/^\[|\]$/g, ''); // an IPv6 address in a URL
    const socket = connect({ host, port: Number(url.port), noDelay: true });
    const giveUp = () => socket.destroy(new Error('aborted'));
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted) giveUp();
    try {
      await connected(socket, url);
      const port =
        url.protocol === 'rfc2217:' ? new TelnetPort(socket, options) : new SocketPort(socket, options);
      await port.begin();
      return port;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  },
});

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

/** Bytes as they are; a socket has no lines and no baud rate. */
class SocketPort implements BindingPort {
  readonly openOptions: AllOpenOptions;
  isOpen = true;
  protected readonly socket: Socket;
  #received: Uint8Array[] = [];
  #ended: Error | undefined;
  #wake: () => void = () => {};

  constructor(socket: Socket, options: OpenOptions) {
    this.socket = socket;
    this.openOptions = { ...OPEN_DEFAULTS, ...options };
    socket.on('data', (bytes) => {
      this.#received.push(this.decode(bytes));
      this.#wake();
    });
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('disconnected')));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#wake();
  }

  /** Sends the first negotiation; fails if the server has another client. */
  async begin(): Promise<void> {
    await this.untilServed({ withinMs: TURNED_AWAY_WITHIN_MS });
  }

  /**
   * Waits for `isServed`, checked after each piece of data, at most `withinMs`.
   * @throws PortalError if the connection is closed before; the error that the socket was destroyed with
   */
  protected async untilServed({
    withinMs,
    isServed = () => false,
    onTimeout = () => {},
  }: {
    withinMs: number;
    isServed?: () => boolean;
    /** May destroy the socket with an error. */
    onTimeout?: () => void;
  }): Promise<void> {
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
        const { path } = this.openOptions;
        const isAtOnce = performance.now() - startedAt < AT_ONCE_MS;
        if (this.#ended instanceof PortalError) done(this.#ended);
        else done(isAtOnce ? closedAtOnce(path, this.#ended) : didNotNegotiate(path, this.#ended));
      };
      const timer = setTimeout(() => {
        onTimeout();
        if (!socket.destroyed) done();
      }, withinMs);
      socket.on('data', onData);
      socket.on('close', onClose);
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
    for (;;) {
      const piece = this.#received.shift();
      if (piece && piece.length > 0) {
        const bytesRead = Math.min(length, piece.length);
        buffer.set(piece.subarray(0, bytesRead), offset);
        if (bytesRead < piece.length) this.#received.unshift(piece.subarray(bytesRead));
        return { buffer, bytesRead };
      }
      if (!this.isOpen) throw Object.assign(new Error('closed'), { canceled: true });
      if (piece) continue;
      if (this.#ended) throw this.#ended;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
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
    this.#received = [];
  }

  async drain(): Promise<void> {}

  /** The server accepts the next client only after it has closed this connection. */
  async close(): Promise<void> {
    this.isOpen = false;
    this.#wake();
    if (this.socket.closed) return;
    const timer = setTimeout(() => this.socket.destroy(), HANG_UP_MS);
    await new Promise((resolve) => this.socket.once('close', resolve).end());
    clearTimeout(timer);
  }
}

/** RFC 2217. Waits for the option, but for no acknowledgement: some servers send none. */
class TelnetPort extends SocketPort {
  readonly #decoder = new TelnetDecoder(CLIENT_GREETING);
  /** WILL alone may be an echo of this client's own. */
  #negotiated: 'no' | 'will' | 'yes' = 'no';
  #lines = { dtr: undefined as boolean | undefined, rts: undefined as boolean | undefined };

  override async begin(): Promise<void> {
    const served = this.untilServed({
      withinMs: NEGOTIATE_WITHIN_MS,
      isServed: () => this.#negotiated === 'yes',
      onTimeout: () => {
        if (this.#negotiated === 'no') this.#failNegotiation();
      },
    });
    const negotiation = this.send(
      Buffer.concat([
        CLIENT_GREETING,
        comPortCommand(SET_BAUD_RATE, baudRateValue(this.openOptions.baudRate)),
        comPortCommand(SET_DATA_SIZE, [8]),
        comPortCommand(SET_PARITY, [1]), // none
        comPortCommand(SET_STOP_SIZE, [1]),
        comPortCommand(SET_CONTROL, [CONTROL.noFlowControl]),
        comPortCommand(PURGE_DATA, [PURGE_BOTH]),
      ]),
    );
    negotiation.catch(() => {}); // the connection is closed, which `served` reports
    await served;
    await negotiation;
  }

  protected override decode(bytes: Uint8Array): Uint8Array {
    const { parts, reply, comPort } = this.#decoder.push(bytes);
    if (comPort === false) this.socket.destroy(refusesComPort(this.openOptions.path));
    for (const part of parts) this.#negotiate(part);
    if (reply.length > 0 && !this.socket.destroyed) this.socket.write(reply);
    return Buffer.concat(parts.map((part) => (part.kind === 'data' ? part.bytes : Buffer.of())));
  }

  #negotiate(part: TelnetPart): void {
    if (this.#negotiated === 'yes' || part.kind === 'data') return;
    if (part.kind === 'com-port') this.#negotiated = part.isDo ? 'yes' : 'will';
    else if (part.command >= SERVER_OFFSET) this.#negotiated = 'yes';
    else this.#failNegotiation(); // a client's command: the server echoes
  }

  #failNegotiation(): void {
    this.socket.destroy(didNotNegotiate(this.openOptions.path));
  }

  protected override encode(bytes: Uint8Array): Uint8Array {
    return escapeData(bytes);
  }

  override async update({ baudRate }: UpdateOptions): Promise<void> {
    await this.send(comPortCommand(SET_BAUD_RATE, baudRateValue(baudRate)));
  }

  /** Sends only changed lines, both in one segment: otherwise the chip could reset in between. */
  override async set({ dtr = true, rts = true }: SetOptions): Promise<void> {
    const commands: Uint8Array[] = [];
    if (dtr !== this.#lines.dtr)
      commands.push(comPortCommand(SET_CONTROL, [dtr ? CONTROL.dtrOn : CONTROL.dtrOff]));
    if (rts !== this.#lines.rts)
      commands.push(comPortCommand(SET_CONTROL, [rts ? CONTROL.rtsOn : CONTROL.rtsOff]));
    this.#lines = { dtr, rts };
    // Servers may apply the changes one by one: RTS without DTR, on the way to neither, would be a reset.
    if (!dtr && !rts) commands.reverse();
    if (commands.length > 0) await this.send(Buffer.concat(commands));
  }

  override async flush(): Promise<void> {
    await super.flush();
    await this.send(comPortCommand(PURGE_DATA, [PURGE_BOTH]));
  }
}

function refusesComPort(address: string): PortalError {
  return new PortalError(
    'port-failed',
    `${address} is a Telnet server that refuses COM-PORT-OPTION (RFC 2217).`,
    {
      likelyCause: 'RFC 2217 is off in the server.',
      next: `Switch RFC 2217 on in the server, or use its raw bytes, without reset: ${address.replace('rfc2217:', 'socket:')}`,
    },
  );
}

function didNotNegotiate(address: string, cause?: Error): PortalError {
  const { host } = new URL(address);
  return new PortalError('port-failed', `The server at ${host} did not negotiate RFC 2217.`, {
    cause,
    likelyCause: 'The server is not an RFC 2217 server: it serves plain TCP or another protocol.',
    next: `Use socket://${host} for a plain TCP port, or check that it is an RFC 2217 server: ser2net with telnet(rfc2217), or esp-portal simulate.`,
  });
}

function closedAtOnce(address: string, cause: Error | undefined): PortalError {
  const { host } = new URL(address);
  return new PortalError('port-busy', `${host} accepted the connection and closed it at once.`, {
    cause,
    likelyCause: 'Perhaps another client has the port.',
    next: `Close the other client, or check that a serial port is served at ${host}, and run the same command again.`,
  });
}
