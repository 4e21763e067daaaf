// What USB makes of a stream of bytes: packets, which may come late and then many at once, and are lost on the chip while
// the computer does not take them.

import { ReceiveBuffer } from '../../port/receive-buffer.js';
import type { Clock } from '../clock.js';

/** Longest packet of a full-speed endpoint. */
export const PACKET_BYTES = 64;
/** What a driver keeps for a program that does not read (Linux' tty buffer). */
const DRIVER_BYTES = 4096;
/** MicroPython waits so long for room, then drops its output until there is some (ports/esp32/usb_serial_jtag.c). */
const CHIP_WAITS_MS = 200;
/** From one stall to the next. */
const STALL_EVERY_BYTES = 32 * 1024;

interface HostPacketsOptions {
  /** How long the port stands still at a time, as behind a busy hub; 0: never. */
  readonly stallMs: number;
  readonly clock: Clock;
}

export class HostPackets {
  readonly #options: HostPacketsOptions;
  readonly #received = new ReceiveBuffer();
  /** When the driver's buffer was full first, since the last read. */
  #fullSinceMs: number | undefined;
  #bytesToStall = STALL_EVERY_BYTES;
  /** Set while nothing passes. */
  #stall: Promise<void> | undefined;
  #delivered: Promise<void> = Promise.resolve();

  constructor(options: HostPacketsOptions) {
    this.#options = options;
  }

  /** Resolves when so many bytes may pass, in either direction. */
  async passing(bytes: number): Promise<void> {
    const { stallMs, clock } = this.#options;
    if (stallMs === 0) return;
    await this.#stall;
    this.#bytesToStall -= bytes;
    if (this.#bytesToStall > 0) return;
    this.#bytesToStall += STALL_EVERY_BYTES;
    this.#stall = new Promise((resolve) => {
      clock.setTimer(() => {
        this.#stall = undefined;
        resolve();
      }, stallMs);
    });
  }

  /** From the chip. */
  push(packet: Uint8Array): void {
    if (this.#options.stallMs === 0) {
      this.#deliver(packet);
      return;
    }
    this.#delivered = this.#delivered
      .then(() => this.passing(packet.length))
      .then(() => this.#deliver(packet));
  }

  #deliver(packet: Uint8Array): void {
    const nowMs = this.#options.clock.nowMs();
    if (this.#received.unreadBytes + packet.length > DRIVER_BYTES) {
      this.#fullSinceMs ??= nowMs;
      if (nowMs - this.#fullSinceMs > CHIP_WAITS_MS) return;
    }
    this.#received.push(packet);
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<number> {
    const count = await this.#received.read(buffer, offset, length);
    this.#fullSinceMs = undefined;
    return count;
  }

  clear(): void {
    this.#received.clear();
  }

  fail(error: Error): void {
    this.#received.fail(error);
  }
}
