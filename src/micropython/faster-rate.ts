// Uploads at a faster rate of the board's UART: both ends change, a checked echo decides, and both come back.
// The other half is in board-scripts/staging/receive_faster.py; docs/transfer.md describes both.

import { assemble } from '../board-scripts/python-source.js';
import receiveFaster from '../board-scripts/staging/receive_faster.py';
import { delay } from '../delay.js';
import { PortalError } from '../errors.js';
import type { ByteReader } from '../port/byte-reader.js';
import type { Port } from '../port/port.js';

/** As for flashing: every adapter in use carries it. */
const UPLOAD_BAUD_RATE = 460800;
/** For less, the agreement takes longer than it saves. */
const WORTHWHILE_BYTES = 16 * 1024;
/** What is under way at once takes so long at 115200 baud; behind a slower network the rate changes nothing. */
const MAX_ROUND_TRIP_MS = 20;
/** Slower ones are set by hand, for a line that carries no more. */
const USUAL_BAUD_RATE = 115200;

const WILLING = 0xf1;
const UNWILLING = 0xf2;
const END = 0x04;
const GO = Uint8Array.of(0xa5, 0x5a, 0xc5);
/** Every level of the line for one bit and for nine, and bits in between. */
const PROBE = Uint8Array.of(
  ...[0x00, 0xff, 0x55, 0xaa, 0x0f, 0xf0, 0x01, 0x80],
  ...Array.from({ length: 24 }, (_, at) => (at * 89 + 37) & 0xff),
);

/** The receiver's program is being compiled, as in transfer.ts. */
const READY = { timeoutMs: 120_000, idleMs: 15_000 };
/** The board empties its transmitter and changes; it needs 20 ms. */
const CHANGE_MS = 50;
const ECHO_MS = 1500; // on a busy computer
/** The board goes back without a GO within this time. */
const BACK_MS = 4000;
/** GO is sent so long before that it is not late, and later so that the board has gone back. */
const MARGIN_MS = 1000;
const ANSWER_MS = 1000;
const TRIES = 3;

/** Ports on which a faster rate has failed. */
const slowPorts = new WeakSet<Port>();

interface BoardUart {
  readonly platform: string;
  /** MicroPython's. */
  readonly version: string;
}

/**
 * The rate to try, or `undefined`: the port has no rates, as a socket or the chip's own USB; the board's program could
 * not change the UART of its REPL; or it is not worth it.
 * @param wanted what the user allows at most
 */
export function fasterRate(
  port: Port,
  { platform, version }: BoardUart,
  sentBytes: number,
  wanted = UPLOAD_BAUD_RATE,
): number | undefined {
  const hasRates = port.hasLines && port.usb === undefined && port.roundTripMs < MAX_ROUND_TRIP_MS;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const canChange = platform === 'esp8266' || (platform === 'esp32' && (major > 1 || minor >= 19));
  const isWorthwhile = sentBytes > WORTHWHILE_BYTES && wanted > port.baudRate;
  const isUsual = port.baudRate >= USUAL_BAUD_RATE && !slowPorts.has(port);
  return hasRates && canChange && isWorthwhile && isUsual ? wanted : undefined;
}

/** As receiveProgram, for withFasterRate; it needs what that needs, and a timer. */
export function receiveFasterProgram(
  rates: { readonly now: number; readonly fast: number },
  sentBytes: number,
  windowBits: number,
  fileSizes: readonly number[],
): string {
  return assemble([receiveFaster], {
    ...{ SENT_BYTES: sentBytes, WINDOW_BITS: windowBits, FILE_SIZES: fileSizes },
    ...{ RATE: rates.now, FAST_RATE: rates.fast, BACK_MS, GO, PROBE },
  });
}

/**
 * Sends to a board that runs receiveFasterProgram, at the faster rate where it works, and comes back to the present one
 * in any case.
 * @param send the transfer, which the board expects next; what it gives or throws is passed on
 * @throws PortalError `repl-stalled` when the board does not come back, `port-lost`
 */
export async function withFasterRate<T>(
  reader: ByteReader,
  baudRate: number,
  send: () => Promise<T>,
): Promise<T> {
  const { bytes, end } = await reader.readUntil([WILLING, UNWILLING, END], READY);
  if (end !== 'found' || bytes.at(-1) !== WILLING) {
    if (bytes.at(-1) === END) reader.unread(bytes); // the start of its error report
    return send();
  }
  const line = new TwoRates(reader, baudRate);
  if (!(await line.agree())) slowPorts.add(reader.port);
  try {
    const result = await send();
    await line.comeBack();
    return result;
  } catch (error) {
    if (error instanceof PortalError) slowPorts.add(reader.port);
    await line.comeBack().catch(() => {}); // the first error says more
    throw error;
  }
}

class TwoRates {
  readonly #reader: ByteReader;
  readonly #port: Port;
  readonly #usual: number;
  readonly #fast: number;

  constructor(reader: ByteReader, fast: number) {
    this.#reader = reader;
    this.#port = reader.port;
    this.#usual = reader.port.baudRate;
    this.#fast = fast;
  }

  /** @returns false when both are at the usual rate again */
  async agree(): Promise<boolean> {
    const startedAt = performance.now();
    const elapsedMs = () => performance.now() - startedAt;
    await delay(CHANGE_MS, undefined);
    if (await this.#isFast(() => elapsedMs() < BACK_MS - MARGIN_MS)) return true;
    await this.#port.setBaudRate(this.#usual);
    await delay(Math.max(0, BACK_MS + MARGIN_MS - elapsedMs()), undefined);
    await this.#confirmRepeatedly();
    return false;
  }

  /** After the transfer: the board changes without a command, and waits for GO. */
  async comeBack(): Promise<void> {
    await delay(CHANGE_MS, undefined);
    if (this.#port.baudRate !== this.#usual) await this.#port.setBaudRate(this.#usual);
    await this.#confirmRepeatedly();
  }

  async #isFast(isInTime: () => boolean): Promise<boolean> {
    try {
      await this.#port.setBaudRate(this.#fast);
    } catch (error) {
      if (error instanceof PortalError && error.code !== 'port-lost') return false; // the adapter refuses it
      throw error;
    }
    return (await this.#isEchoed()) && isInTime() && (await this.#confirm());
  }

  async #isEchoed(): Promise<boolean> {
    await this.#port.write(PROBE);
    const echo = await this.#reader.readExactly(PROBE.length, { timeoutMs: ECHO_MS });
    return Buffer.compare(echo, PROBE) === 0;
  }

  async #confirm(): Promise<boolean> {
    await this.#reader.discard();
    await this.#port.write(GO);
    return (await this.#reader.readUntil(WILLING, { timeoutMs: ANSWER_MS })).end === 'found';
  }

  async #confirmRepeatedly(): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) if (await this.#confirm()) return;
    throw new PortalError(
      'repl-stalled',
      `The board on ${this.#port.name} did not return to ${this.#usual} baud after an upload at ${this.#fast}.`,
    );
  }
}
