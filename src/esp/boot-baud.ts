// Follows an ESP8266 through a reset: its ROM sends at 74880 baud before the program uses its own baud rate.

import { isEndOfRomText, isRomText } from '../log/boot/boot-lines.js';
import { isNoise } from '../log/boot/boot-noise.js';
import { ByteReader } from '../port/byte-reader.js';
import type { ControlLines, NativeUsb, Port } from '../port/port.js';
import { playSteps, RUN, runResetSequence } from './resets.js';

/** A ROM's text takes 50 ms, more where an image has many segments; a board that has no such ROM is not waited for. */
const BOOT_MAX_MS = 1000;
/** After noise that was not from the ROM, noise is not treated as a reset for this time. */
const MISTAKEN_MS = 10_000;
/** Of a line, as much as it takes to recognise it. */
const MAX_LINE_CHARACTERS = 200;

/**
 * A port that switches to the ROM's baud rate when it resets the board or noise shows a reset by other means, and back
 * after the last line of the ROM. Bytes before the noise was detected are lost.
 */
export class BootBaudPort implements Port {
  readonly #port: Port;
  readonly #reader: ByteReader;
  readonly #bootBaudRate: number;
  readonly #baudRate: number;
  #bootEndsAt: number | undefined;
  #sawRom = false;
  #line = '';
  #ignoreNoiseUntil = Number.NEGATIVE_INFINITY;

  constructor(port: Port, bootBaudRate: number) {
    this.#port = port;
    this.#reader = ByteReader.of(port);
    this.#bootBaudRate = bootBaudRate;
    this.#baudRate = port.baudRate;
  }

  get name(): string {
    return this.#port.name;
  }

  get hasLines(): boolean {
    return this.#port.hasLines;
  }

  get roundTripMs(): number {
    return this.#port.roundTripMs;
  }

  get usb(): NativeUsb | undefined {
    return this.#port.usb;
  }

  get baudRate(): number {
    return this.#port.baudRate;
  }

  /** Restarts the board and listens to its ROM. */
  async reset(signal: AbortSignal | undefined): Promise<void> {
    await this.#beginBoot();
    await restart(this.#port, signal);
  }

  async read(options: {
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  }): Promise<Uint8Array | undefined> {
    if (this.#bootEndsAt === undefined) {
      const bytes = await this.#reader.read(options);
      if (bytes && performance.now() > this.#ignoreNoiseUntil && isNoise(textOf(bytes)))
        await this.#beginBoot();
      return bytes;
    }
    const leftMs = Math.max(0, this.#bootEndsAt - performance.now());
    const bytes = await this.#reader.read({ ...options, timeoutMs: Math.min(options.timeoutMs, leftMs) });
    if (bytes ? this.#isOver(bytes) : options.timeoutMs >= leftMs) await this.#endBoot();
    return bytes;
  }

  async #beginBoot(): Promise<void> {
    this.#bootEndsAt = performance.now() + BOOT_MAX_MS;
    this.#sawRom = false;
    this.#line = '';
    await this.#port.setBaudRate(this.#bootBaudRate);
  }

  async #endBoot(): Promise<void> {
    this.#bootEndsAt = undefined;
    if (!this.#sawRom) this.#ignoreNoiseUntil = performance.now() + MISTAKEN_MS;
    await this.#port.setBaudRate(this.#baudRate);
  }

  /** Whether the ROM has ended, or the program sends at its own baud rate. */
  #isOver(bytes: Uint8Array): boolean {
    const lines = (this.#line + textOf(bytes)).split('\n');
    this.#line = (lines.at(-1) ?? '').slice(-MAX_LINE_CHARACTERS);
    if (lines.some(isRomText)) this.#sawRom = true;
    return lines.slice(0, -1).some(isEndOfRomText) || (this.#sawRom && isNoise(this.#line));
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#port.write(bytes);
  }

  setLines(lines: ControlLines): Promise<void> {
    return this.#port.setLines(lines);
  }

  setBaudRate(baudRate: number): Promise<void> {
    return this.#port.setBaudRate(baudRate);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#port[Symbol.asyncDispose]();
  }
}

/** Restarts the board and drops its earlier output. */
export async function restart(port: Port, signal: AbortSignal | undefined): Promise<void> {
  const [inReset, ...running] = RUN;
  if (inReset) await playSteps(port, [inReset], signal);
  await ByteReader.of(port).discard();
  await runResetSequence(port, running, signal);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
