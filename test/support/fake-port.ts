// A Port whose other end is a script: bytes in, bytes out, lines recorded.

import { PortalError } from '../../src/errors.js';
import type { ControlLines, NativeUsb, Port } from '../../src/port/port.js';

export class FakePort implements Port {
  readonly name = 'fake';
  baudRate = 115200;
  hasLines = true;
  roundTripMs = 0;
  usb: NativeUsb | undefined;
  /** All that was written, in order. */
  written = Buffer.alloc(0);
  readonly lines: ControlLines[] = [];
  lost = false;
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};
  readonly #onWrite: (bytes: Buffer, port: FakePort) => void;

  /** @param onWrite the board: called with each piece that the host writes */
  constructor(onWrite: (bytes: Buffer, port: FakePort) => void = () => {}) {
    this.#onWrite = onWrite;
  }

  /** The board sends. */
  send(bytes: string | Uint8Array): void {
    const piece = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    this.#received = Buffer.concat([this.#received, piece]);
    this.#wake();
  }

  /** The cable is pulled. */
  unplug(): void {
    this.lost = true;
    this.#wake();
  }

  async read({
    timeoutMs,
    signal,
  }: {
    timeoutMs: number;
    signal?: AbortSignal;
  }): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted();
    if (this.#received.length === 0 && !this.lost) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        const wake = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#wake = wake;
        signal?.addEventListener('abort', wake, { once: true });
      });
      signal?.throwIfAborted();
    }
    if (this.#received.length > 0) {
      const bytes = this.#received;
      this.#received = Buffer.alloc(0);
      return bytes;
    }
    if (this.lost) throw new PortalError('port-lost', 'fake was disconnected.');
    return undefined;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.lost) throw new PortalError('port-lost', 'fake was disconnected.');
    this.written = Buffer.concat([this.written, bytes]);
    this.#onWrite(Buffer.from(bytes), this);
  }

  async setLines(lines: ControlLines): Promise<void> {
    this.lines.push(lines);
  }

  async setBaudRate(baudRate: number): Promise<void> {
    this.baudRate = baudRate;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lost = true;
  }
}
