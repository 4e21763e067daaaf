// A Port over a SerialPortStream with any binding (USB driver, network, virtual board).

import type { SerialPortStream } from '@serialport/stream';
import { PortalError } from '../errors.js';
import type { Binding } from './binding-types.js';
import { type ControlLines, type NativeUsb, type Port, type PortNotice, restLines } from './port.js';
import { meansNoControlLines, portError } from './port-errors.js';
import { loadSerialPortStream } from './serialport.js';

/** Beyond the time that the bytes take on the wire: drivers and networks buffer, but not for longer than this. */
const WRITE_GRACE_MS = 10_000;
/** Unread bytes beyond this stay with the driver: a minute and a half of 115200 baud. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** A driver may block when nothing reads the bytes. */
const CLOSE_GRACE_MS = 5000;

interface StreamPortOptions {
  /** What the user called the port, for messages. */
  name: string;
  /** What the binding calls it. */
  path: string;
  baudRate: number;
  binding: Binding;
  onNotice: (notice: PortNotice) => void;
  /** Called with all bytes, received and sent. */
  onTraffic?: (direction: 'sent' | 'received', bytes: Uint8Array) => void;
  /** A chip with native USB. */
  usb?: NativeUsb | undefined;
}

/**
 * Opens a port without resetting the board: the driver asserts both lines, which pulls neither EN nor GPIO0, and those
 * that are off at rest are released together.
 * @throws PortalError `port-not-found`, `port-denied`, `port-busy`, `port-failed`
 */
export async function openStreamPort(options: StreamPortOptions): Promise<Port> {
  const { SerialPortStream } = loadSerialPortStream();
  const stream = new SerialPortStream({
    binding: options.binding,
    path: options.path,
    baudRate: options.baudRate,
    hupcl: false, // closing must not reset the board either
    autoOpen: false,
  });
  const port = new StreamPort(stream, options);
  await port.open();
  try {
    await port.setLines(restLines(port));
  } catch (error) {
    await port[Symbol.asyncDispose]();
    throw error;
  }
  return port;
}

class StreamPort implements Port {
  readonly name: string;
  readonly usb: NativeUsb | undefined;
  readonly #stream: SerialPortStream;
  readonly #binding: Binding;
  readonly #onNotice: (notice: PortNotice) => void;
  readonly #onTraffic: NonNullable<StreamPortOptions['onTraffic']>;
  #received: Uint8Array[] = [];
  #unreadBytes = 0;
  /** Ends the waiting of the reads that are under way. */
  readonly #wakes = new Set<() => void>();
  #lost: PortalError | undefined;
  #hasLines = true;
  #isOpen = false;
  readonly #pending = new Set<(error: PortalError) => void>();

  constructor(stream: SerialPortStream, options: StreamPortOptions) {
    this.name = options.name;
    this.usb = options.usb;
    this.#stream = stream;
    this.#binding = options.binding;
    this.#onNotice = options.onNotice;
    this.#onTraffic = options.onTraffic ?? (() => {});
    stream.on('data', (chunk: Uint8Array) => {
      this.#onTraffic('received', chunk);
      this.#received.push(chunk);
      this.#unreadBytes += chunk.length;
      if (this.#unreadBytes > MAX_UNREAD_BYTES) stream.pause();
      this.#wake();
    });
    const lose = (error?: Error | null) => {
      this.#lost ??= portError(this.name, error ?? new Error('disconnected'), this.#isOpen);
      this.#wake();
      // A stream that is closing queues calls for its next opening, which never comes.
      for (const reject of this.#pending) reject(this.#lost);
    };
    stream.on('close', lose);
    stream.on('error', lose);
  }

  async open(): Promise<void> {
    await this.call((done) => this.#stream.open(done));
    this.#isOpen = true;
  }

  get hasLines(): boolean {
    return this.#hasLines;
  }

  get baudRate(): number {
    return this.#stream.baudRate;
  }

  get roundTripMs(): number {
    return this.#binding.roundTripMs ?? 0;
  }

  async read({
    timeoutMs,
    signal,
  }: {
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  }): Promise<Uint8Array | undefined> {
    const deadline = performance.now() + timeoutMs;
    let leftMs = timeoutMs;
    // Another read may have taken the bytes that ended this wait.
    do {
      signal?.throwIfAborted();
      if (this.#received.length > 0 || this.#lost) break;
      await this.#waitForBytes(leftMs, signal);
      leftMs = deadline - performance.now();
    } while (leftMs > 0);
    signal?.throwIfAborted();
    if (this.#received.length > 0) {
      const bytes = Buffer.concat(this.#received);
      this.#received = [];
      this.#unreadBytes = 0;
      this.#stream.resume();
      return bytes;
    }
    if (this.#lost) throw this.#lost;
    return undefined;
  }

  async #waitForBytes(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.#wakes.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal?.addEventListener('abort', wake);
      this.#wakes.add(wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#wakes]) wake();
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#onTraffic('sent', bytes);
    const timer = setTimeout(() => this.#giveUp(), WRITE_GRACE_MS + (bytes.length * 10_000) / this.baudRate);
    let hasTaken = false;
    try {
      await this.call((done) => this.#stream.write(Buffer.from(bytes), done));
      hasTaken = true;
      await this.call((done) => this.#stream.drain(done));
    } catch (error) {
      // A chip's own device comes back, and must not receive once more what the driver had taken: the next call finds the loss.
      const isKnown = this.usb && hasTaken && error instanceof PortalError && error.code === 'port-lost';
      if (!isKnown) throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The other end has taken no bytes for longer than any wire needs. */
  #giveUp(): void {
    this.#lost ??= new PortalError(
      'port-failed',
      `${this.name}: write timed out; nothing is reading from the port.`,
    );
    for (const reject of this.#pending) reject(this.#lost);
  }

  async setLines(lines: ControlLines): Promise<void> {
    if (!this.#hasLines) return;
    await this.call((done) =>
      this.#stream.set({ ...lines }, (error) => {
        this.#hasLines = !(error && meansNoControlLines(error));
        done(this.#hasLines ? error : undefined);
      }),
    );
    if (this.#hasLines) return;
    this.#onNotice({
      event: 'notice',
      message: `${this.name} has no reset lines: press RESET on the board when a restart is needed.`,
    });
  }

  async setBaudRate(baudRate: number): Promise<void> {
    await this.call((done) => this.#stream.drain(done));
    await this.call((done) => this.#stream.update({ baudRate }, done));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One that was lost is closing already, and keeps its lock until that is done.
    const isClosing = this.#stream.closing;
    if (!this.#stream.isOpen && !isClosing) return;
    this.#lost ??= new PortalError('port-lost', `${this.name} was closed.`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_GRACE_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isClosing) this.#stream.once('close', done);
      else this.#stream.close(done);
    });
  }

  /** Runs a callback-style call of the stream; throws a wrapped error. */
  async call(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    if (this.#lost) throw this.#lost;
    let abandon: (error: PortalError) => void = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        abandon = reject;
        this.#pending.add(abandon);
        start((error) => (error ? reject(portError(this.name, error, this.#isOpen)) : resolve()));
      });
    } finally {
      this.#pending.delete(abandon);
    }
  }
}
