// SLIP packets over a Port, for the ROM loader and its stub. Independent of the commands in them.

import { ByteReader } from '../port/byte-reader.js';
import { answerTimeout, type Port } from '../port/port.js';

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

/** The stub's largest packets are 4 KB of flash and a header; a stream without an END is no packet. */
const MAX_PACKET_BYTES = 16 * 1024;

/** The loader sent nothing that makes a packet in the time allowed. */
export class NoPacketError extends Error {
  override readonly name = 'NoPacketError';
}

/** Frames one packet. */
export function slipEncode(packet: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(2 * packet.length + 2);
  let length = 0;
  out[length++] = END;
  for (const byte of packet) {
    if (byte === END || byte === ESC) {
      out[length++] = ESC;
      out[length++] = byte === END ? ESC_END : ESC_ESC;
    } else {
      out[length++] = byte;
    }
  }
  out[length++] = END;
  return out.subarray(0, length);
}

/** Finds packets in a stream of bytes, in pieces of any size; bytes between packets are counted and dropped. */
export class SlipDecoder {
  /** Bytes outside packets: a boot log, or noise. */
  strayBytes = 0;
  #packet: number[] | undefined;
  #escaped = false;

  /** @returns the packets that end in `bytes` */
  push(bytes: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (const byte of bytes) {
      if (this.#packet && this.#packet.length > MAX_PACKET_BYTES) {
        this.strayBytes += this.#packet.length;
        this.reset();
      }
      if (byte === END) {
        // Two ENDs in a row close one packet and open the next; an empty packet is none.
        if (this.#packet?.length) {
          packets.push(Uint8Array.from(this.#packet));
          this.#packet = undefined;
        } else {
          this.#packet = [];
        }
        this.#escaped = false;
      } else if (!this.#packet) {
        this.strayBytes++;
      } else if (this.#escaped) {
        this.#packet.push(byte === ESC_END ? END : byte === ESC_ESC ? ESC : byte);
        this.#escaped = false;
      } else if (byte === ESC) {
        this.#escaped = true;
      } else {
        this.#packet.push(byte);
      }
    }
    return packets;
  }

  /** Forgets a packet that has begun. */
  reset(): void {
    this.#packet = undefined;
    this.#escaped = false;
  }
}

/** Reads and writes packets; every wait ends with the time allowed, the port or the signal. */
export class PacketChannel {
  readonly decoder = new SlipDecoder();
  readonly #reader: ByteReader;
  #signal: AbortSignal | undefined;
  #packets: Uint8Array[] = [];
  #discards = false;
  #keepsInput = false;

  constructor(port: Port, signal: AbortSignal | undefined) {
    this.#reader = ByteReader.of(port);
    this.#signal = signal;
  }

  /** @throws NoPacketError; PortalError `port-lost`; the signal's reason */
  async read(timeoutMs: number): Promise<Uint8Array> {
    await this.#discardOld();
    const deadline = performance.now() + answerTimeout(this.#reader.port, timeoutMs);
    for (;;) {
      const packet = this.#packets.shift();
      if (packet) return packet;
      const leftMs = deadline - performance.now();
      const bytes =
        leftMs > 0 ? await this.#reader.read({ timeoutMs: leftMs, signal: this.#signal }) : undefined;
      if (!bytes) throw new NoPacketError(`no answer within ${timeoutMs} ms`);
      this.#packets.push(...this.decoder.push(bytes));
    }
  }

  async write(packet: Uint8Array): Promise<void> {
    await this.writeFrame(slipEncode(packet));
  }

  /** Writes what slipEncode has made, for a packet that was made ready beforehand. */
  async writeFrame(frame: Uint8Array): Promise<void> {
    this.#signal?.throwIfAborted();
    await this.#discardOld();
    await this.#reader.port.write(frame);
  }

  /**
   * While a board starts: what esptool-js would discard goes through the decoder too, so that no banner is missed and
   * no packet is torn.
   */
  async keepingInput<T>(action: () => Promise<T>): Promise<T> {
    this.#keepsInput = true;
    try {
      return await action();
    } finally {
      this.#keepsInput = false;
    }
  }

  /** A board is given back after an abort, too. */
  async ignoringAbort<T>(action: () => Promise<T>): Promise<T> {
    const signal = this.#signal;
    this.#signal = undefined;
    try {
      return await action();
    } finally {
      this.#signal = signal;
    }
  }

  get keepsInput(): boolean {
    return this.#keepsInput;
  }

  /** Drops what has come until the next read or write; esptool-js does not wait for it. */
  discardInput(): void {
    this.#discards = true;
  }

  async #discardOld(): Promise<void> {
    if (!this.#discards) return;
    if (!this.#keepsInput) return this.discard();
    this.#discards = false;
    const bytes = await this.#reader.read({ timeoutMs: 0, signal: this.#signal });
    if (bytes) this.decoder.push(bytes);
    this.#packets = [];
  }

  /** Drops input for as long as a late answer may take. */
  async settle(timeoutMs: number): Promise<void> {
    await this.#reader.drain({ timeoutMs, idleMs: timeoutMs, signal: this.#signal });
    await this.discard();
  }

  /** Drops what has come so far. */
  async discard(): Promise<void> {
    this.#discards = false;
    await this.#reader.discard();
    this.#packets = [];
    this.decoder.reset();
  }
}
