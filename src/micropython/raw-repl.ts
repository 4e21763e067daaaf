// MicroPython's raw REPL over a Port: enter, run code, leave. Independent of files.
// Protocol: MicroPython's reference/repl ("raw mode" and "raw-paste mode") and shared/runtime/pyexec.c.

import cleanUpProgram from '../board-scripts/clean_up.py';
import importMachine from '../board-scripts/import_machine.py';
import { assemble } from '../board-scripts/python-source.js';
import reset from '../board-scripts/reset.py';
import { delay } from '../delay.js';
import { PortalError } from '../errors.js';
import { withoutSdkLines } from '../log/sdk-noise.js';
import { ByteReader, type Wait } from '../port/byte-reader.js';
import type { Port } from '../port/port.js';
import { boardError } from './board-error.js';
import { enterRawRepl, enterWhileBooting } from './repl-entry.js';

const CTRL_A = '\x01'; // in raw-paste: window granted
const CTRL_B = '\x02'; // back to the friendly REPL
const CTRL_C = '\x03'; // interrupt
const CTRL_D = '\x04'; // end of code, of output, of errors
const END = 0x04;

const FRIENDLY_PROMPT = '>>> ';

const PROMPT_TIMEOUT_MS = 1000;
const BANNER_TIMEOUT_MS = 500;
const ANSWER_TIMEOUT_MS = 3000;
/** A soft reset runs boot.py, which may take its time. */
const SOFT_RESET_TIMEOUT_MS = 8000;
/** Limit for code that shows progress: ends code that prints without end. */
const EXEC_TIMEOUT_MS = 10 * 60_000;
const EXEC_IDLE_MS = 10_000;
/** Code that runs long prints this byte as a sign of progress; it is not output. */
const PROGRESS = '\x06';

/**
 * Without flow control code goes out in small pieces, and no faster than a wire would carry them: a socket or a
 * pseudo-terminal takes more at once than the 64 bytes that some boards buffer.
 */
const PLAIN_CHUNK_BYTES = 32;
const BITS_PER_BYTE = 10;

/** Far more than any port grants at once: such an answer was damaged. */
const MAX_WINDOW_BYTES = 4096;
const MAX_LINES_IN_BETWEEN = 10;

export interface ExecOptions {
  /** How long the code may run in all, in milliseconds. */
  timeoutMs?: number;
  /** How long it may run without a byte, such as PROGRESS. */
  idleMs?: number;
}

const RESET = assemble([importMachine, reset]);

/** A board that waits for code. Dispose it to give the board back to its friendly prompt. */
export class RawRepl implements AsyncDisposable {
  readonly #port: Port;
  readonly #reader: ByteReader;
  readonly #signal: AbortSignal | undefined;
  #rawPaste = true;
  #wasIdle = false;
  #left = false;

  private constructor(port: Port, signal: AbortSignal | undefined) {
    this.#port = port;
    this.#reader = ByteReader.of(port);
    this.#signal = signal;
  }

  /**
   * Interrupts what runs on the board and enters the raw REPL. Where the signal comes first, the board is restarted, so
   * that what ran before runs on.
   * @throws PortalError `repl-…` after 20 s at most; `port-lost`; the signal's reason
   */
  static async enter(port: Port, signal?: AbortSignal): Promise<RawRepl> {
    const repl = new RawRepl(port, signal);
    try {
      repl.#wasIdle = (await enterRawRepl(port, signal)).wasIdle;
    } catch (error) {
      if (signal?.aborted) await repl.abortAndReset();
      throw error;
    }
    return repl;
  }

  /**
   * Restarts the board out of its raw REPL, with or without reset lines, and enters again before main.py runs: what a
   * program has started, such as a watchdog, is gone.
   * @throws as enter
   */
  async reenterThroughReset(): Promise<RawRepl> {
    if (!this.#left) await this.abortAndReset();
    const repl = new RawRepl(this.#port, this.#signal);
    await enterWhileBooting(this.#port, this.#signal);
    return repl;
  }

  /** No program was interrupted when the board was entered. */
  get wasIdle(): boolean {
    return this.#wasIdle;
  }

  /** The board was restarted or released: this session runs no more code. */
  get isOver(): boolean {
    return this.#left;
  }

  /**
   * Runs code and returns what it printed.
   * @param code Python source; 0x03 and 0x04 have to be escaped in it
   * @throws PortalError for an exception on the board (see boardError), `repl-stalled` when it does not end in time,
   *   `port-lost`; the signal's reason
   */
  async exec(code: string | Uint8Array, options: ExecOptions = {}): Promise<string> {
    await this.#send(code);
    return this.#readOutput(options);
  }

  /**
   * Runs code that talks with this computer before it ends.
   * @param sendInput uses the port while the code runs, and returns when the code needs no more input
   * @returns what the code printed after that
   * @throws as exec; what `sendInput` throws
   */
  async execWithInput(
    code: string | Uint8Array,
    sendInput: (reader: ByteReader) => Promise<unknown>,
    options: ExecOptions = {},
  ): Promise<string> {
    await this.#send(code);
    await sendInput(this.#reader);
    return this.#readOutput(options);
  }

  /**
   * Runs code that ends by restarting the board, which ends this session too.
   * @param marker what the code prints before
   * @throws as exec, when the code fails instead
   */
  async execUntilReset(code: string, marker: string, options: ExecOptions = {}): Promise<void> {
    await this.#send(code);
    const { bytes, end } = await this.#reader.readUntil([marker, END], this.#waitOf(options));
    if (end !== 'found') throw this.#stalled('finish the program that was sent');
    if (bytes.at(-1) === END) {
      this.#reader.unread(bytes);
      await this.#readOutput(options); // throws what went wrong
      return;
    }
    this.#left = true;
  }

  /**
   * Restarts MicroPython without the chip: timers, sockets and memory of the program that ran are gone. Runs boot.py,
   * and not main.py.
   * @throws PortalError `repl-stalled`, `port-lost`; the signal's reason
   */
  async softReset(): Promise<void> {
    await this.#write(CTRL_D);
    await this.#expect('raw REPL; CTRL-B to exit\r\n>', SOFT_RESET_TIMEOUT_MS, 'restart MicroPython');
  }

  async #send(code: string | Uint8Array): Promise<void> {
    const bytes = typeof code === 'string' ? Buffer.from(code, 'utf8') : code;
    if (!(this.#rawPaste && (await this.#sendRawPaste(bytes)))) await this.#sendPlain(bytes);
  }

  async #readOutput(options: ExecOptions): Promise<string> {
    const output = await this.#readText(END, this.#waitOf(options), 'finish the program that was sent');
    const errors = await this.#expect(END, ANSWER_TIMEOUT_MS, 'finish its error report');
    await this.#expect('>', ANSWER_TIMEOUT_MS, 'show its prompt');
    if (errors.trim() !== '') throw boardError(errors);
    return output.replaceAll(PROGRESS, '');
  }

  #waitOf({ timeoutMs = EXEC_TIMEOUT_MS, idleMs = EXEC_IDLE_MS }: ExecOptions): Wait {
    return { timeoutMs, idleMs, signal: this.#signal };
  }

  /**
   * Restarts the board, as its reset button would; works on ports without reset lines too. Ends this session: what
   * the board sends from now on is left to whoever reads next.
   */
  async restartBoard(): Promise<void> {
    this.#left = true;
    await this.#write(`${RESET}${CTRL_D}`);
  }

  /**
   * Restarts the board after something went wrong half-way, so that what ran before runs on. Needs no signal: an
   * interrupted caller needs this, too. Ignores a board or a port that does not answer.
   * @param cleanUp code to run first; its errors do not matter
   */
  async abortAndReset(cleanUp?: string): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    try {
      await this.#write(`${CTRL_C}${CTRL_C}`); // ends a program, then code that was being sent
      await this.#reader.readUntil('>', { timeoutMs: BANNER_TIMEOUT_MS });
      const first = cleanUp === undefined ? '' : `${assemble([cleanUpProgram], { PROGRAM: cleanUp })}\n`;
      // Also where it had not got into its raw REPL yet.
      const code = `\r${CTRL_A}${first}${RESET}${CTRL_D}`;
      await this.#writePaced(Buffer.from(code, 'utf8'), undefined);
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
    }
  }

  /** @returns false when this firmware has no raw-paste mode; it is back at the raw prompt then */
  async #sendRawPaste(code: Uint8Array): Promise<boolean> {
    await this.#write(`\x05A${CTRL_A}`);
    // Firmware without raw-paste answers the request with the raw banner.
    const answers = ['R\x01', 'R\x00', 'CTRL-B to exit\r\n>'];
    const { bytes, end } = await this.#reader.readUntil(answers, this.#answerWait());
    if (end !== 'found') throw this.#stalled('answer in its raw REPL');
    if (bytes.at(-1) !== 0x01) {
      this.#rawPaste = false;
      return false;
    }
    const window = await this.#readWindow();
    const whole = Buffer.concat([code, Buffer.of(END)]);
    // One byte less than the board grants: an ESP8266 buffers 255 bytes, and two windows are 256.
    let credit = 2 * window - 1;
    let leaving: Promise<void> = Promise.resolve();
    for (let sent = 0; sent < whole.length; ) {
      // Grants that are already here are taken up; with no credit left the next one is waited for.
      while (credit === 0 || (await this.#hasInput())) {
        // What the SDK prints in between is neither a grant nor the end.
        const { bytes: before, end: why } = await this.#reader.readUntil([0x01, END], this.#answerWait());
        if (before.at(-1) === END) return this.#abortRawPaste();
        if (why === 'found') credit += window;
        else if (credit === 0) throw this.#stalled('grant more bytes');
      }
      const chunk = whole.subarray(sent, sent + credit);
      // While one piece leaves, the next waits behind it; only then is the line never idle.
      await leaving;
      leaving = this.#port.write(chunk);
      leaving.catch(() => {}); // the next await reports it
      sent += chunk.length;
      credit -= chunk.length;
    }
    await leaving;
    // Late grants may come before the end is acknowledged.
    await this.#expect(END, ANSWER_TIMEOUT_MS, 'accept the end of the program');
    return true;
  }

  /** The board ran out of memory or cannot compile: it aborts the transfer and reports the reason after the end mark. */
  async #abortRawPaste(): Promise<boolean> {
    await this.#write(CTRL_D);
    return true;
  }

  async #sendPlain(code: Uint8Array): Promise<void> {
    await this.#writePaced(code, this.#signal);
    await this.#write(CTRL_D);
    await this.#expect('OK', ANSWER_TIMEOUT_MS, 'acknowledge code');
  }

  async #writePaced(code: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const chunkMs = (PLAIN_CHUNK_BYTES * BITS_PER_BYTE * 1000) / this.#port.baudRate;
    for (let start = 0; start < code.length; start += PLAIN_CHUNK_BYTES) {
      const chunk = code.subarray(start, start + PLAIN_CHUNK_BYTES);
      await Promise.all([this.#port.write(chunk), delay(chunkMs, signal)]);
    }
  }

  /** How much code the board takes at a time. The first grant comes with it, and one is granted from the start. */
  async #readWindow(): Promise<number> {
    for (let line = 0; line < MAX_LINES_IN_BETWEEN; line++) {
      const bytes = Buffer.from(await this.#readBytes(3));
      const window = bytes.readUInt16LE();
      if (bytes[2] === 0x01 && window > 0 && window <= MAX_WINDOW_BYTES) return window;
      this.#reader.unread(bytes); // a line of the SDK
      await this.#expect('\n', ANSWER_TIMEOUT_MS, 'report its receive window');
    }
    throw this.#stalled('report its receive window');
  }

  async #hasInput(): Promise<boolean> {
    const bytes = await this.#reader.read({ timeoutMs: 0, signal: this.#signal });
    if (bytes) this.#reader.unread(bytes);
    return bytes !== undefined;
  }

  async #write(text: string): Promise<void> {
    await this.#port.write(Buffer.from(text, 'latin1'));
  }

  #answerWait(): Wait {
    return { timeoutMs: ANSWER_TIMEOUT_MS, signal: this.#signal };
  }

  async #readBytes(count: number): Promise<Uint8Array> {
    const bytes = await this.#reader.readExactly(count, this.#answerWait());
    if (bytes.length < count) throw this.#stalled('answer in its raw REPL');
    return bytes;
  }

  async #expect(marker: string | number, timeoutMs: number, doing: string): Promise<string> {
    return this.#readText(marker, { timeoutMs, signal: this.#signal }, doing);
  }

  /** Reads up to a marker and returns the text before it, without what the SDK printed in between. */
  async #readText(marker: string | number, wait: Wait, doing: string): Promise<string> {
    const { bytes, end } = await this.#reader.readUntil(marker, wait);
    if (end !== 'found') throw this.#stalled(doing);
    const markerLength = typeof marker === 'string' ? marker.length : 1;
    return withoutSdkLines(Buffer.from(bytes.subarray(0, -markerLength)).toString('utf8'));
  }

  /** It has answered before: power, cable and lines are right. */
  #stalled(doing: string): PortalError {
    return new PortalError('repl-stalled', `The board on ${this.#port.name} did not ${doing} in time.`);
  }

  /** Interrupts running code and returns to the friendly prompt; ignores a lost port. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    try {
      await this.#write(`${CTRL_C}${CTRL_B}`);
      // Not the caller's signal: an interrupted caller needs the board at its prompt.
      await this.#reader.readUntil(FRIENDLY_PROMPT, { timeoutMs: PROMPT_TIMEOUT_MS });
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
    }
  }
}
