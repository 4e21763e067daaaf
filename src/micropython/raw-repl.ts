// MicroPython's raw REPL over a Port: enter, run code, leave. Independent of files.
// Protocol: MicroPython's reference/repl ("raw mode" and "raw-paste mode") and shared/runtime/pyexec.c.

import importMachine from '../board-scripts/common/import_machine.py';
import { assemble } from '../board-scripts/python-source.js';
import cleanUpProgram from '../board-scripts/session/clean_up.py';
import reset from '../board-scripts/session/reset.py';
import { PortalError } from '../errors.js';
import type { ByteReader, Wait } from '../port/byte-reader.js';
import type { Port } from '../port/port.js';
import { boardError } from './board-error.js';
import { CodeSender, writePaced } from './code-sender.js';
import { type ProgramEnd, readProgram } from './read-program.js';
import { enterRawRepl, enterWhileBooting } from './repl-entry.js';
import { ANSWER_TIMEOUT_MS, ReplLine, SOFT_RESET_TIMEOUT_MS } from './repl-line.js';

const CTRL_A = '\x01'; // into the raw REPL
const CTRL_B = '\x02'; // back to the friendly REPL
const CTRL_C = '\x03'; // interrupt
const CTRL_D = '\x04'; // end of code, of output, of errors
const END = 0x04;

const FRIENDLY_PROMPT = '>>> ';

/** A line of the SDK may come before it. */
const ACKNOWLEDGED_WITHIN_BYTES = 128;
const PROMPT_TIMEOUT_MS = 1000;
/** From the banner to the prompt, on a busy computer, too. */
const FIRST_PROMPT_TIMEOUT_MS = 10_000;
const BANNER_TIMEOUT_MS = 500;
/** Limit for code that shows progress: ends code that prints without end. */
const EXEC_TIMEOUT_MS = 10 * 60_000;
const EXEC_IDLE_MS = 10_000;
/** A program may clean up for a second after the first. */
const INTERRUPTS = 3;
/** Code that runs long prints this byte as a sign of progress; it is not output. */
const PROGRESS = '\x06';

export interface ExecOptions {
  /** How long the code may run in all, in milliseconds. */
  timeoutMs?: number;
  /** How long it may run without a byte, such as PROGRESS. */
  idleMs?: number;
}

const RESET = assemble([importMachine, reset]);

/** A board that waits for code. Dispose it to give the board back to its friendly prompt. */
export class RawRepl implements AsyncDisposable {
  readonly #line: ReplLine;
  readonly #sender: CodeSender;
  #wasIdle = false;
  #left = false;

  private constructor(port: Port, signal: AbortSignal | undefined) {
    this.#line = new ReplLine(port, signal);
    this.#sender = new CodeSender(this.#line);
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

  /** Restarts a board whose output another reader takes meanwhile; one that cannot be interrupted is not restarted. */
  static async restart(port: Port, signal?: AbortSignal): Promise<void> {
    await new RawRepl(port, signal).#abortAndReset('');
  }

  /**
   * Enters from the friendly prompt, or from the banner before it. Interrupts and restarts nothing.
   * @returns `undefined` without a prompt
   * @throws PortalError `port-lost`; the signal's reason
   */
  static async enterFromPrompt(port: Port, signal?: AbortSignal): Promise<RawRepl | undefined> {
    const repl = new RawRepl(port, signal);
    await repl.#line.write(`\r${CTRL_A}`);
    const wait = { timeoutMs: FIRST_PROMPT_TIMEOUT_MS, signal };
    const { end } = await repl.#line.reader.readUntil('raw REPL; CTRL-B to exit\r\n>', wait);
    return end === 'found' ? repl : undefined;
  }

  /**
   * Restarts the board out of its raw REPL, with or without reset lines, and enters again before main.py runs: what a
   * program has started, such as a watchdog, is gone.
   * @throws as enter
   */
  async reenterThroughReset(): Promise<RawRepl> {
    if (!this.#left) await this.abortAndReset();
    const repl = new RawRepl(this.#line.port, this.#line.signal);
    await enterWhileBooting(this.#line.port, this.#line.signal);
    return repl;
  }

  get port(): Port {
    return this.#line.port;
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
    await this.#sender.send(code);
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
    await this.#sender.send(code);
    await sendInput(this.#line.reader);
    return this.#readOutput(options);
  }

  /**
   * Runs code that ends by restarting the board, which ends this session too.
   * @param marker what the code prints before
   * @throws as exec, when the code fails instead
   */
  async execUntilReset(code: string, marker: string, options: ExecOptions = {}): Promise<void> {
    await this.#sender.send(code);
    const { bytes, end } = await this.#line.reader.readUntil([marker, END], this.#waitOf(options));
    if (end !== 'found') throw this.#line.stalled('finish the program that was sent');
    if (bytes.at(-1) === END) {
      this.#line.reader.unread(bytes);
      await this.#readOutput(options); // throws what went wrong
      return;
    }
    this.#left = true;
  }

  /**
   * Runs a user's program, for as long as it takes and whatever it prints.
   * @param take gets the output as it comes; returns true when it shows that the board has restarted, which ends this
   *   session
   * @param signal ends the waiting, not the program: see interruptProgram
   * @returns `undefined` when the board has restarted
   * @throws PortalError `repl-stalled`, `port-lost`; the signal's reason
   */
  async runProgram(
    code: Uint8Array,
    take: (bytes: Uint8Array) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<ProgramEnd | undefined> {
    await this.#sender.send(code);
    const end = await readProgram(this.#line, take, signal);
    if (end === undefined) this.#left = true;
    return end;
  }

  /**
   * Ends this session, and types a line at the friendly prompt: what it prints is left for the next reader.
   * @param line one statement
   */
  async leaveWith(line: string): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.#line.write(`${line}\r`);
    await this.#line.reader.readUntil(`${line}\r\n`, { timeoutMs: PROMPT_TIMEOUT_MS }); // its echo
  }

  /** Ends this session by a soft reset that runs main.py, too. */
  async leaveWithSoftReset(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.#line.write(CTRL_D);
  }

  /**
   * Ends the program that runs. Needs no signal: an interrupted caller needs this, too.
   * @returns false when it ignores Ctrl-C
   */
  async interruptProgram(): Promise<boolean> {
    for (let attempt = 0; attempt < INTERRUPTS; attempt++) {
      await this.#line.write(CTRL_C);
      const { end } = await this.#line.reader.readUntil('\x04>', { timeoutMs: PROMPT_TIMEOUT_MS });
      if (end === 'found') return true;
    }
    return false;
  }

  /**
   * Restarts MicroPython without the chip: timers, sockets and memory of the program that ran are gone. Runs boot.py,
   * and not main.py.
   * @throws PortalError `repl-stalled`, `port-lost`; the signal's reason
   */
  async softReset(): Promise<void> {
    await this.#line.write(CTRL_D);
    await this.#line.expect('raw REPL; CTRL-B to exit\r\n>', SOFT_RESET_TIMEOUT_MS, 'restart MicroPython');
  }

  async #readOutput(options: ExecOptions): Promise<string> {
    const output = await this.#line.readText(END, this.#waitOf(options), 'finish the program that was sent');
    const errors = await this.#line.expect(END, ANSWER_TIMEOUT_MS, 'finish its error report');
    await this.#line.expect('>', ANSWER_TIMEOUT_MS, 'show its prompt');
    if (errors.trim() !== '') throw boardError(errors);
    return output.replaceAll(PROGRESS, '');
  }

  #waitOf({ timeoutMs = EXEC_TIMEOUT_MS, idleMs = EXEC_IDLE_MS }: ExecOptions): Wait {
    return { timeoutMs, idleMs, signal: this.#line.signal };
  }

  /**
   * Restarts the board, as its reset button would; works on ports without reset lines too. Ends this session: what
   * the board sends from now on is left for the next reader.
   */
  async restartBoard(): Promise<void> {
    this.#left = true;
    await this.#line.write(`${RESET}${CTRL_D}`);
    await this.#takeAcknowledgement('OK', this.#line.answerWait);
  }

  /** It is no line of the board's log. */
  async #takeAcknowledgement(marker: string, wait: Wait): Promise<void> {
    const { reader } = this.#line;
    const { bytes, end } = await reader.readUntil(marker, { ...wait, maxBytes: ACKNOWLEDGED_WITHIN_BYTES });
    if (end !== 'found') reader.unread(bytes);
  }

  /**
   * Restarts the board after something went wrong half-way, so that what ran before runs on. Needs no signal: an
   * interrupted caller needs this, too. Ignores a board or a port that does not answer.
   * @param cleanUp code to run first; its errors do not matter
   */
  async abortAndReset(cleanUp?: string): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    const first = cleanUp === undefined ? '' : `${assemble([cleanUpProgram], { PROGRAM: cleanUp })}\n`;
    await this.#abortAndReset(first, () =>
      this.#takeAcknowledgement('>OK', { timeoutMs: BANNER_TIMEOUT_MS }),
    );
  }

  async #abortAndReset(first: string, whenSent = async () => {}): Promise<void> {
    try {
      await this.#line.write(`${CTRL_C}${CTRL_C}`); // ends a program, then code that was being sent
      await this.#line.reader.readUntil('>', { timeoutMs: BANNER_TIMEOUT_MS });
      // Also where it had not got into its raw REPL yet.
      const code = `\r${CTRL_A}${first}${RESET}${CTRL_D}`;
      await writePaced(this.#line.port, Buffer.from(code, 'utf8'), undefined);
      await whenSent();
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
    }
  }

  /** Interrupts running code and returns to the friendly prompt; ignores a lost port. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    try {
      await this.#line.write(`${CTRL_C}${CTRL_B}`);
      // Not the caller's signal: an interrupted caller needs the board at its prompt.
      await this.#line.reader.readUntil(FRIENDLY_PROMPT, { timeoutMs: PROMPT_TIMEOUT_MS });
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
    }
  }
}
