// Sends what the receiver on the board takes: pieces within its credit, never an idle wire while there is some, and
// again what did not arrive as it was sent.

import { createHash } from 'node:crypto';
import { PortalError } from '../errors.js';
import type { ByteReader } from '../port/byte-reader.js';
import { answerTimeout } from '../port/port.js';
import {
  ACKNOWLEDGED,
  BLOCK_CONTENT_BYTES,
  CANCEL,
  EXPECTED,
  FAILED,
  MAX_PIECES_UNDER_WAY,
  PIECE_BYTES,
  SYNC,
} from './receiver.js';

/** Without a byte: an ESP8266 compiles the receiver meanwhile, and its flash makes a folder. */
const READY_IDLE_MS = 15_000;
const READY_MS = 120_000;
const END = 0x04;
/** Longer than a flash takes to erase a sector: a board that acknowledges nothing for so long has lost a byte. */
const STALL_MS = 1000;
/** Number of consecutive stalls or damaged blocks after which the transfer fails. */
const MAX_FAILURES = 5;
/** Time until sent data has left the line. */
const SETTLE_MS = 30;
/** Limit for a board that prints continuously. */
const SETTLE_MAX_MS = 500;
/** More than a block lacks. */
const FILL = new Uint8Array(MAX_PIECES_UNDER_WAY * PIECE_BYTES);
const NUMBERS = { piece: 64, block: 64, expected: 32 };

interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that the board has received. */
  readonly onBytes?: (doneBytes: number) => void;
}

/** One block as it goes over the wire. */
interface Block {
  readonly bytes: Uint8Array;
  readonly pieces: number;
  /** Pieces and content of the blocks before it. */
  readonly firstPiece: number;
  readonly start: number;
}

/**
 * Sends bytes to a receiver that has been started for as many.
 * @throws PortalError `transfer-failed` when the line damages everything, `port-lost`; the signal's reason. A board
 *   that failed has something to say: false is returned then, and its output is next.
 */
export async function sendBlocks(
  reader: ByteReader,
  content: Uint8Array,
  options: SendOptions = {},
): Promise<boolean> {
  return new Sender(reader, content, options).run();
}

class Sender {
  readonly #reader: ByteReader;
  readonly #blocks: Block[];
  readonly #options: SendOptions;
  /** The next piece to send, and how many the board has taken. */
  #sent = 0;
  #taken = 0;
  #reported: number | undefined;
  #failures = 0;
  #stalls = 0;
  /** When the receiver last answered. */
  #answeredAt = 0;
  #broken: unknown;

  constructor(reader: ByteReader, content: Uint8Array, options: SendOptions) {
    this.#reader = reader;
    this.#blocks = cutIntoBlocks(content);
    this.#options = options;
  }

  async run(): Promise<boolean> {
    const last = this.#blocks.at(-1);
    const total = last ? last.firstPiece + last.pieces : 0;
    if (!(await this.#isReady())) return false;
    this.#answeredAt = performance.now();
    this.#report(0);
    while (this.#taken < total) {
      while (this.#sent < total && this.#sent - this.#taken < MAX_PIECES_UNDER_WAY) this.#sendPiece();
      const stallMs = Math.max(
        0,
        this.#answeredAt + answerTimeout(this.#reader.port, STALL_MS) - performance.now(),
      );
      const answers = await this.#reader.read({ timeoutMs: stallMs, signal: this.#options.signal });
      if (this.#broken) throw this.#broken;
      // What the SDK or a timer of the board prints is no sign of progress.
      if (answers?.some((byte) => byte >= ACKNOWLEDGED)) {
        this.#answeredAt = performance.now();
        this.#stalls = 0;
      } else if (!answers || stallMs === 0) {
        await this.#unblock();
        this.#answeredAt = performance.now();
        continue;
      }
      if (answers && !(await this.#take(answers, total))) return false;
    }
    return true;
  }

  /** @returns false when the board failed */
  async #take(answers: Uint8Array, total: number): Promise<boolean> {
    for (const [index, answer] of answers.entries()) {
      if (answer >= ACKNOWLEDGED && answer < EXPECTED) {
        this.#acknowledge(answer - ACKNOWLEDGED);
        if (this.#taken < total) continue;
        this.#reader.unread(answers.subarray(index + 1)); // what the program prints next
        return true;
      }
      if (answer >= EXPECTED && answer < FAILED) {
        await this.#sendAgainFrom(answer - EXPECTED);
        return true;
      }
      if (answer === FAILED) {
        this.#reader.unread(answers.subarray(index + 1));
        await settle(this.#reader);
        await this.#reader.port.write(SYNC);
        return false;
      }
    }
    return true;
  }

  /** Until the board has disabled Ctrl-C, a byte 0x03 in the data would interrupt it. */
  async #isReady(): Promise<boolean> {
    const { bytes, end } = await this.#reader.readUntil([ACKNOWLEDGED, END], {
      timeoutMs: READY_MS,
      idleMs: READY_IDLE_MS,
      signal: this.#options.signal,
    });
    if (end !== 'found') throw this.#notReady();
    if (bytes.at(-1) === ACKNOWLEDGED) return true;
    this.#reader.unread(bytes); // the start of its error report
    return false;
  }

  #sendPiece(): void {
    const block = this.#blocks[this.#blockOf(this.#sent)];
    if (!block) return;
    const start = (this.#sent - block.firstPiece) * PIECE_BYTES;
    this.#sent += 1;
    // Not awaited: while these bytes leave, the next are on their way to the driver.
    this.#reader.port.write(block.bytes.subarray(start, start + PIECE_BYTES)).catch((error: unknown) => {
      this.#broken = error;
    });
  }

  #blockOf(piece: number): number {
    return Math.floor(piece / MAX_PIECES_UNDER_WAY); // every block but the last is four pieces
  }

  #acknowledge(number: number): void {
    const ahead = (number + NUMBERS.piece - (this.#taken % NUMBERS.piece)) % NUMBERS.piece;
    if (ahead === 0 || this.#taken + ahead > this.#sent) return; // a damaged byte: wait for the next acknowledgement
    this.#taken += ahead;
    const block = this.#blocks[this.#blockOf(this.#taken)];
    if (block === undefined || this.#taken === block.firstPiece) this.#failures = 0;
    const isLast = block === undefined || this.#taken === block.firstPiece + block.pieces;
    this.#report(isLast ? this.#contentBytes : block.start);
  }

  /** Once for each block: its pieces are acknowledged one by one. */
  #report(doneBytes: number): void {
    if (doneBytes === this.#reported) return;
    this.#reported = doneBytes;
    this.#options.onBytes?.(doneBytes);
  }

  get #contentBytes(): number {
    const last = this.#blocks.at(-1);
    return last ? last.start + last.bytes.length - 3 : 0;
  }

  /** The board requests a block again: unacknowledged data is sent again. */
  async #sendAgainFrom(number: number): Promise<void> {
    this.#fail();
    const current = this.#blockOf(this.#taken);
    // It lies at most one ahead (its acknowledgement was lost) or one behind.
    const block = [current, current + 1, current - 1].find(
      (index) => index >= 0 && index % NUMBERS.expected === number,
    );
    if (block === undefined) return;
    await settle(this.#reader);
    await this.#reader.port.write(SYNC);
    this.#taken = this.#sent = this.#blocks[block]?.firstPiece ?? this.#taken;
  }

  /** A byte was lost, and the board waits for it: what fills its block makes it complain. */
  async #unblock(): Promise<void> {
    this.#fail();
    await this.#reader.port.write(FILL);
    this.#stalls += 1;
    if (this.#stalls < 2) return;
    // Its complaint was lost as well.
    await this.#reader.port.write(SYNC);
    this.#taken = this.#sent = this.#blocks[this.#blockOf(this.#taken)]?.firstPiece ?? this.#taken;
  }

  #fail(): void {
    this.#failures += 1;
    if (this.#failures > MAX_FAILURES) throw this.#lost();
  }

  /** Nothing was sent yet. */
  #notReady(): PortalError {
    const { name } = this.#reader.port;
    return new PortalError(
      'repl-stalled',
      `The board on ${name} did not get ready to receive files in time.`,
    );
  }

  #lost(): PortalError {
    const where = `Data sent to ${this.#reader.port.name}`;
    return new PortalError('transfer-failed', `${where} is repeatedly corrupted or lost.`);
  }
}

/** Aborts the receiver in any state: it raises OSError. */
export async function cancelReceiver(reader: ByteReader): Promise<void> {
  await settle(reader);
  await reader.port.write(FILL); // a damaged block
  await settle(reader);
  await reader.port.write(Buffer.concat([CANCEL, SYNC]));
}

/** Waits until the board has received all sent data; its acknowledgements are ignored. */
async function settle(reader: ByteReader): Promise<void> {
  await reader.drain({ timeoutMs: SETTLE_MAX_MS, idleMs: SETTLE_MS });
}

function cutIntoBlocks(content: Uint8Array): Block[] {
  const blocks: Block[] = [];
  let firstPiece = 0;
  for (let start = 0; start < content.length; start += BLOCK_CONTENT_BYTES) {
    const part = content.subarray(start, start + BLOCK_CONTENT_BYTES);
    const checked = Buffer.concat([Buffer.of(blocks.length % NUMBERS.block), part]);
    const check = createHash('sha256').update(checked).digest().subarray(0, 2);
    const bytes = Buffer.concat([checked, check]);
    const pieces = Math.ceil(bytes.length / PIECE_BYTES);
    blocks.push({ bytes, pieces, firstPiece, start });
    firstPiece += pieces;
  }
  return blocks;
}
