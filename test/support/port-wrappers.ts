// Ports around a port: what the tool sends is recorded, what the board sends comes late.

import { SlipDecoder } from '../../src/esp/slip.js';
import type { ControlLines, NativeUsb, Port } from '../../src/port/port.js';

/** Passes everything on, and keeps the numbers of the loader commands that the host sent. */
export class RecordingPort implements Port {
  readonly commands: number[] = [];
  readonly #decoder = new SlipDecoder();
  protected readonly port: Port;

  constructor(port: Port) {
    this.port = port;
  }

  get name(): string {
    return this.port.name;
  }
  get hasLines(): boolean {
    return this.port.hasLines;
  }

  get roundTripMs(): number {
    return this.port.roundTripMs;
  }

  get usb(): NativeUsb | undefined {
    return this.port.usb;
  }

  get baudRate(): number {
    return this.port.baudRate;
  }
  read(options: { timeoutMs: number; signal?: AbortSignal | undefined }): Promise<Uint8Array | undefined> {
    return this.port.read(options);
  }
  write(bytes: Uint8Array): Promise<void> {
    for (const packet of this.#decoder.push(bytes)) this.commands.push(packet[1] ?? 0);
    return this.port.write(bytes);
  }
  setLines(lines: ControlLines): Promise<void> {
    return this.port.setLines(lines);
  }
  setBaudRate(baudRate: number): Promise<void> {
    return this.port.setBaudRate(baudRate);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.port[Symbol.asyncDispose]();
  }
}

/** A long way between board and host: from a reset into the loader on, nothing arrives before the host has written. */
export class LatePort extends RecordingPort {
  #isOnTheWay = false;

  override async read(options: {
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  }): Promise<Uint8Array | undefined> {
    return this.#isOnTheWay ? undefined : super.read(options);
  }
  override async setLines(lines: ControlLines): Promise<void> {
    if (lines.dtr && !lines.rts) this.#isOnTheWay = true;
    await super.setLines(lines);
  }
  override async write(bytes: Uint8Array): Promise<void> {
    this.#isOnTheWay = false;
    await super.write(bytes);
  }
}

/** Keeps all output since the last write, also what another reader has taken. */
export class OutputSinceWrite extends RecordingPort {
  #output = '';

  override async read(options: {
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  }): Promise<Uint8Array | undefined> {
    const bytes = await super.read(options);
    this.#output += Buffer.from(bytes ?? []).toString('latin1');
    return bytes;
  }
  override async write(bytes: Uint8Array): Promise<void> {
    this.#output = '';
    await super.write(bytes);
  }

  /** Reads on until all of it matches. */
  async matching(pattern: RegExp, withinMs = 30_000): Promise<RegExpExecArray> {
    const signal = AbortSignal.timeout(withinMs);
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found) return found;
      await this.read({ timeoutMs: withinMs, signal });
    }
  }
}

/**
 * At a faster baud rate the answers are late by one: the first comes after the second command, and the second one only once
 * the host waits for it.
 */
export class LateAtNewRate extends RecordingPort {
  /** Since the rate was raised; `undefined` when nothing is late. */
  #commands: number | undefined;
  #first: Uint8Array | undefined;

  override async read(options: {
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  }): Promise<Uint8Array | undefined> {
    if (this.#commands === undefined) return super.read(options);
    if (options.timeoutMs === 0) return undefined;
    const first = this.#first;
    this.#first = undefined;
    if (first) return first;
    const bytes = await super.read(options);
    if (this.#commands === 1) {
      this.#first = bytes;
      return undefined;
    }
    this.#commands = undefined;
    return bytes;
  }
  override async setBaudRate(baudRate: number): Promise<void> {
    await super.setBaudRate(baudRate);
    if (baudRate > 115200) this.#commands = 0;
  }
  override async write(bytes: Uint8Array): Promise<void> {
    if (this.#commands !== undefined) this.#commands++;
    await super.write(bytes);
  }
}
