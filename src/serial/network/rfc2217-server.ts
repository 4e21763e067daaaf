// Serves a Port over TCP, with its baud rate and control lines (RFC 2217), to one client at a time.

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
} from './telnet.js';

/** How often a silent board is asked whether it is still there; any value will do. */
const POLL_MS = 1000;

export interface ServeOptions {
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
  let client: ServedClient | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    if (client) {
      socket.end();
      return;
    }
    const name = `${socket.remoteAddress}:${socket.remotePort}`;
    client = new ServedClient(socket, port);
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
  try {
    while (!options.signal.aborted) {
      // Read with no client too: a serial line does not keep what nobody listens to.
      const bytes = await port.read({ timeoutMs: POLL_MS, signal: options.signal });
      if (bytes) await client?.send(bytes);
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    client?.close();
    server.close();
  }
}

class ServedClient {
  readonly #socket: Socket;
  readonly #port: Port;
  readonly #decoder = new TelnetDecoder(Buffer.of());
  #lines = { dtr: false, rts: false };

  constructor(socket: Socket, port: Port) {
    this.#socket = socket;
    this.#port = port;
    void this.#serve();
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (!this.#socket.write(escapeData(bytes)))
      await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')]);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Takes what comes one after the other: a baud rate holds for the bytes after it. */
  async #serve(): Promise<void> {
    try {
      for await (const bytes of this.#socket) {
        const { parts, reply } = this.#decoder.push(bytes as Buffer);
        if (reply.length > 0) this.#socket.write(reply);
        for (const part of coalesceLines(parts)) await this.#apply(part);
      }
    } catch {
      this.close(); // the client is gone, or the port is: whoever reads the port says which
    }
  }

  async #apply(part: TelnetPart | readonly TelnetPart[]): Promise<void> {
    if (Array.isArray(part)) await this.#setLines(part);
    else if ('kind' in part) {
      if (part.kind === 'data') await this.#port.write(part.bytes);
      else await this.#command(part.command, part.value);
    }
  }

  async #setLines(parts: readonly TelnetPart[]): Promise<void> {
    for (const part of parts) {
      if (part.kind !== 'command') continue;
      const [control] = part.value;
      if (control === CONTROL.dtrOn || control === CONTROL.dtrOff)
        this.#lines.dtr = control === CONTROL.dtrOn;
      if (control === CONTROL.rtsOn || control === CONTROL.rtsOff)
        this.#lines.rts = control === CONTROL.rtsOn;
    }
    await this.#port.setLines({ ...this.#lines });
    for (const part of parts) if (part.kind === 'command') this.#acknowledge(part.command, part.value);
  }

  async #command(command: number, value: Uint8Array): Promise<void> {
    if (command === SET_BAUD_RATE && value.length === 4) {
      const asked = Buffer.from(value).readUInt32BE();
      if (asked > 0) await this.#port.setBaudRate(asked); // 0 asks which it is
      this.#acknowledge(command, baudRateValue(this.#port.baudRate));
    } else {
      this.#acknowledge(command, value);
    }
  }

  #acknowledge(command: number, value: Uint8Array): void {
    this.#socket.write(comPortCommand(command + SERVER_OFFSET, value));
  }
}

/** Line changes that came together are made together: between two there would be a reset that nobody asked for. */
function coalesceLines(parts: readonly TelnetPart[]): (TelnetPart | TelnetPart[])[] {
  const result: (TelnetPart | TelnetPart[])[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (!isLine(part)) result.push(part);
    else if (Array.isArray(last)) last.push(part);
    else result.push([part]);
  }
  return result;
}

function isLine(part: TelnetPart): boolean {
  const lines: readonly (number | undefined)[] = [
    CONTROL.dtrOn,
    CONTROL.dtrOff,
    CONTROL.rtsOn,
    CONTROL.rtsOff,
  ];
  return part.kind === 'command' && part.command === SET_CONTROL && lines.includes(part.value[0]);
}
