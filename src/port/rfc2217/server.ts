// Serves a Port over TCP to one client at a time: with baud rate and control lines (RFC 2217), or raw bytes.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Port } from '../port.js';
import {
  baudRateValue,
  CONTROL,
  comPortCommand,
  escapeData,
  SERVER_OFFSET,
  SET_BAUD_RATE,
  SET_CONTROL,
  TelnetDecoder,
  type TelnetPart,
} from './codec.js';

/** How often a silent board is asked whether it is still there; any value will do. */
const POLL_MS = 1000;

export interface ServeOptions {
  protocol: 'rfc2217' | 'raw';
  /** Address to listen on, such as 127.0.0.1. */
  host: string;
  /** 0 for any free one. */
  tcpPort: number;
  /** Ends the service. */
  signal: AbortSignal;
  onListening: (address: AddressInfo) => void;
  onClient: (client: string, isConnected: boolean) => void;
}

/**
 * Serves until the signal aborts. While one client is connected, another one is turned away.
 * @throws PortalError `port-lost`; an error of the operating system when the address cannot be had
 */
export async function servePort(port: Port, options: ServeOptions): Promise<void> {
  let client: RawClient | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    if (client) {
      socket.on('error', () => {});
      socket.destroy(); // one that is only ended stays until its client has read
      return;
    }
    const name = `${socket.remoteAddress}:${socket.remotePort}`;
    client = new (options.protocol === 'raw' ? RawClient : TelnetClient)(socket, port);
    void client.serve();
    options.onClient(name, true);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      client = undefined;
      options.onClient(name, false);
    });
  });
  server.listen(options.tcpPort, options.host);
  await once(server, 'listening');
  options.onListening(server.address() as AddressInfo);
  // A client that reads nothing must not keep the service from ending.
  options.signal.addEventListener('abort', () => client?.close(), { once: true });
  try {
    while (!options.signal.aborted) {
      // Read with no client too: a serial line does not keep what nobody listens to.
      const bytes = await port.read({ timeoutMs: POLL_MS, signal: options.signal });
      if (bytes) await client?.send(bytes);
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    const closed = once(server, 'close');
    client?.close();
    server.close();
    await closed;
  }
}

/** As much as a driver takes before it makes its user wait. */
const MAX_WAITING_BYTES = 4096;

/** Bytes as they are. */
class RawClient {
  protected readonly socket: Socket;
  protected readonly port: Port;
  /** Done when all that was given to the line has left. */
  protected leaving: Promise<void> = Promise.resolve();
  #waitingBytes = 0;

  constructor(socket: Socket, port: Port) {
    this.socket = socket;
    this.port = port;
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.socket.destroyed || this.socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('drain', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.on('drain', done);
      this.socket.on('close', done);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  /** Takes what comes, one after the other, until the client leaves. */
  async serve(): Promise<void> {
    try {
      for await (const bytes of this.socket) await this.take(bytes);
    } catch {
      this.close(); // the client is gone, or the port is: whoever reads the port says which
    }
  }

  protected async take(bytes: Uint8Array): Promise<void> {
    await this.write(bytes);
  }

  /** The line is never idle while there is something to send, and no more than this waits before it. */
  protected async write(bytes: Uint8Array): Promise<void> {
    this.#waitingBytes += bytes.length;
    this.leaving = this.port.write(bytes).finally(() => {
      this.#waitingBytes -= bytes.length;
    });
    this.leaving.catch(() => {}); // whoever awaits it next is told
    if (this.#waitingBytes > MAX_WAITING_BYTES) await this.leaving;
  }
}

/** RFC 2217: a baud rate holds for the bytes after it. */
class TelnetClient extends RawClient {
  readonly #decoder = new TelnetDecoder(Buffer.of());
  #lines = { dtr: false, rts: false };

  override async send(bytes: Uint8Array): Promise<void> {
    await super.send(escapeData(bytes));
  }

  protected override async take(bytes: Uint8Array): Promise<void> {
    const { parts, reply } = this.#decoder.push(bytes);
    if (reply.length > 0) this.socket.write(reply);
    for (const step of toSteps(parts)) await this.#apply(step);
  }

  async #apply(step: ServedStep): Promise<void> {
    if (step.kind === 'data') return this.write(step.bytes);
    await this.leaving;
    if (step.kind === 'command') await this.#command(step.command, step.value);
    else await this.#setLines(step.controls);
  }

  async #setLines(controls: readonly number[]): Promise<void> {
    for (const control of controls) {
      if (control === CONTROL.dtrOn || control === CONTROL.dtrOff)
        this.#lines.dtr = control === CONTROL.dtrOn;
      else this.#lines.rts = control === CONTROL.rtsOn;
    }
    await this.port.setLines({ ...this.#lines });
    for (const control of controls) this.#acknowledge(SET_CONTROL, Uint8Array.of(control));
  }

  async #command(command: number, value: Uint8Array): Promise<void> {
    if (command === SET_BAUD_RATE && value.length === 4) {
      const asked = Buffer.from(value).readUInt32BE();
      if (asked > 0) await this.port.setBaudRate(asked); // 0 asks which it is
      this.#acknowledge(command, baudRateValue(this.port.baudRate));
    } else {
      this.#acknowledge(command, value);
    }
  }

  #acknowledge(command: number, value: Uint8Array): void {
    this.socket.write(comPortCommand(command + SERVER_OFFSET, value));
  }
}

/** What is done for a client at once: line changes that came together are one step. */
type ServedStep = TelnetPart | { readonly kind: 'lines'; readonly controls: number[] };

const LINE_CONTROLS: readonly number[] = [CONTROL.dtrOn, CONTROL.dtrOff, CONTROL.rtsOn, CONTROL.rtsOff];

/**
 * Joins a change of DTR and one of RTS that came together: between them there would be a reset that nobody asked
 * for. A second change of the same line is a step of its own.
 */
function toSteps(parts: readonly TelnetPart[]): ServedStep[] {
  const steps: ServedStep[] = [];
  for (const part of parts) {
    const control = part.kind === 'command' && part.command === SET_CONTROL ? part.value[0] : undefined;
    const last = steps.at(-1);
    if (control === undefined || !LINE_CONTROLS.includes(control)) steps.push(part);
    else if (last?.kind === 'lines' && !last.controls.some((other) => isDtr(other) === isDtr(control))) {
      last.controls.push(control);
    } else steps.push({ kind: 'lines', controls: [control] });
  }
  return steps;
}

function isDtr(control: number): boolean {
  return control === CONTROL.dtrOn || control === CONTROL.dtrOff;
}
