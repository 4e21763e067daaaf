// MicroPython's raw REPL over a Port: enter, run code, leave. Knows no files.
// Protocol: MicroPython's reference/repl ("raw mode" and "raw-paste mode") and shared/runtime/pyexec.c.

import { PortalError } from '../errors.js';
import { ByteReader } from '../port/byte-reader.js';
import { delay } from '../port/delay.js';
import type { Port } from '../port/port.js';
import { boardError } from './board-error.js';
import { IMPORT_MACHINE, minify } from './python-source.js';
import { enterRawRepl } from './repl-entry.js';

const CTRL_A = '\x01'; // in raw-paste: window granted
const CTRL_B = '\x02'; // back to the friendly REPL
const CTRL_C = '\x03'; // interrupt
const CTRL_D = '\x04'; // end of code, of output, of errors
const END = 0x04;

const FRIENDLY_PROMPT = '>>> ';

const PROMPT_TIMEOUT_MS = 1000;
const BANNER_TIMEOUT_MS = 500;
const ANSWER_TIMEOUT_MS = 3000;

/**
 * Without flow control code goes out in small pieces, and no faster than a wire would carry them: a socket or a
 * pseudo-terminal takes more at once than the 64 bytes that some boards buffer.
 */
const PLAIN_CHUNK_BYTES = 32;
const BITS_PER_BYTE = 10;

export interface ExecOptions {
  /** How long the code may run, in milliseconds. */
  timeoutMs?: number;
}

const RESET = minify(`${IMPORT_MACHINE}
machine.reset()
`);

/** A board that waits for code. Dispose it to give the board back to its friendly prompt. */
export class RawRepl implements AsyncDisposable {
  readonly #port: Port;
  readonly #reader: ByteReader;
  readonly #signal: AbortSignal | undefined;
  #rawPaste = true;
  #left = false;

  private constructor(port: Port, signal: AbortSignal | undefined) {
    this.#port = port;
    this.#reader = ByteReader.of(port);
    this.#signal = signal;
  }

  /**
   * Interrupts what runs on the board and enters the raw REPL. Where the signal comes first, the board is restarted, so
   * that what ran before runs on.
   * @throws PortalError `repl-…` that says why not, after 20 s at the most; `port-lost`; the signal's reason
   */
  static async enter(port: Port, signal?: AbortSignal): Promise<RawRepl> {
    const repl = new RawRepl(port, signal);
    try {
      await enterRawRepl(port, signal);
    } catch (error) {
      if (signal?.aborted) await repl.abortAndReset();
      throw error;
    }
    return repl;
  }

  /** The board has been restarted or given back: this session takes no more code. */
  get isOver(): boolean {
    return this.#left;
  }

  /**
   * Runs code and returns what it printed.
   * @param code Python source; 0x03 and 0x04 have to be escaped in it
   * @throws PortalError for an exception on the board (see boardError), `repl-silent` when it does not end in time,
   *   `port-lost`; the signal's reason
   */
  async exec(code: string | Uint8Array, { timeoutMs = 10_000 }: ExecOptions = {}): Promise<string> {
    await this.#send(code);
    return this.#readOutput(timeoutMs);
  }

  /**
   * Runs code that talks with this computer before it ends.
   * @param talk has the port while the code runs, and returns when the code has nothing more to hear
   * @returns what the code printed after that
   * @throws as exec; what `talk` throws
   */
  async execWithInput(
    code: string | Uint8Array,
    talk: (reader: ByteReader) => Promise<unknown>,
    { timeoutMs = 10_000 }: ExecOptions = {},
  ): Promise<string> {
    await this.#send(code);
    await talk(this.#reader);
    return this.#readOutput(timeoutMs);
  }

  /**
   * Runs code that ends by restarting the board, which ends this session too.
   * @param marker what the code prints before
   * @throws as exec, when the code fails instead
   */
  async execUntilReset(
    code: string,
    marker: string,
    { timeoutMs = 10_000 }: ExecOptions = {},
  ): Promise<void> {
    await this.#send(code);
    const deadline = performance.now() + timeoutMs;
    let output = Buffer.alloc(0);
    while (!output.includes(marker)) {
      const bytes = await this.#reader.read({
        timeoutMs: Math.max(0, deadline - performance.now()),
        signal: this.#signal,
      });
      if (!bytes) throw this.#silent('finish the code it was given');
      output = Buffer.concat([output, bytes]);
      if (!output.includes(END)) continue;
      this.#reader.unread(output);
      await this.#readOutput(timeoutMs); // throws what went wrong
      return;
    }
    this.#left = true;
    this.#reader.unread(output.subarray(output.indexOf(marker) + marker.length));
  }

  async #send(code: string | Uint8Array): Promise<void> {
    const bytes = typeof code === 'string' ? Buffer.from(code, 'utf8') : code;
    if (!(this.#rawPaste && (await this.#sendRawPaste(bytes)))) await this.#sendPlain(bytes);
  }

  async #readOutput(timeoutMs: number): Promise<string> {
    const output = await this.#expect(END, timeoutMs, 'finish the code it was given');
    const errors = await this.#expect(END, ANSWER_TIMEOUT_MS, 'finish its error report');
    await this.#expect('>', ANSWER_TIMEOUT_MS, 'show its prompt');
    if (errors.trim() !== '') throw boardError(errors);
    return output;
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
   * interrupted caller wants just this. A board or a port that does not answer is left as it is.
   * @param cleanUp code to run first; its errors do not matter
   */
  async abortAndReset(cleanUp = 'pass'): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    try {
      await this.#write(`${CTRL_C}${CTRL_C}`); // ends a program, then code that was being sent
      await this.#reader.readUntil('>', { timeoutMs: BANNER_TIMEOUT_MS });
      const indented = cleanUp.replace(/^/gm, '    ');
      await this.#write(
        // Also where it had not got into its raw REPL yet.
        `\r${CTRL_A}try:\n${indented}\nexcept Exception:\n    pass\n${RESET}${CTRL_D}`,
      );
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
    }
  }

  /** @returns false when this firmware has no raw-paste mode; it is back at the raw prompt then */
  async #sendRawPaste(code: Uint8Array): Promise<boolean> {
    await this.#write(`\x05A${CTRL_A}`);
    const answer = Buffer.from(await this.#readBytes(2)).toString('latin1');
    if (answer !== 'R\x01') {
      this.#rawPaste = false;
      // Firmware that does not know the request takes it for a wish to see the raw banner again.
      if (answer === 'ra') await this.#expect('>', ANSWER_TIMEOUT_MS, 'show its raw prompt');
      else if (answer !== 'R\x00') throw this.#silent('answer in its raw REPL');
      return false;
    }
    const window = Buffer.from(await this.#readBytes(2)).readUInt16LE();
    const whole = Buffer.concat([code, Buffer.of(END)]);
    let credit = window;
    let leaving: Promise<void> = Promise.resolve();
    for (let sent = 0; sent < whole.length; ) {
      // Grants that are already here are taken up; with no credit left the next one is waited for.
      while (credit === 0 || (await this.#hasInput())) {
        const [grant] = await this.#readBytes(1);
        if (grant === END) return this.#abortRawPaste();
        if (grant !== 0x01) throw this.#silent('grant more bytes');
        credit += window;
      }
      const chunk = whole.subarray(sent, sent + credit);
      // While one piece leaves, the next waits behind it; only then is the line never idle.
      await leaving;
      leaving = this.#port.write(chunk);
      leaving.catch(() => {}); // whoever awaits it next is told
      sent += chunk.length;
      credit -= chunk.length;
    }
    await leaving;
    // Late grants may come before the end is acknowledged.
    await this.#expect(END, ANSWER_TIMEOUT_MS, 'take the end of the code');
    return true;
  }

  /** The board ran out of memory or cannot compile: it wants no more, and reports why after our end mark. */
  async #abortRawPaste(): Promise<boolean> {
    await this.#write(CTRL_D);
    return true;
  }

  async #sendPlain(code: Uint8Array): Promise<void> {
    const chunkMs = (PLAIN_CHUNK_BYTES * BITS_PER_BYTE * 1000) / this.#port.baudRate;
    for (let start = 0; start < code.length; start += PLAIN_CHUNK_BYTES) {
      const chunk = code.subarray(start, start + PLAIN_CHUNK_BYTES);
      await Promise.all([this.#port.write(chunk), delay(chunkMs, this.#signal)]);
    }
    await this.#write(CTRL_D);
    await this.#expect('OK', ANSWER_TIMEOUT_MS, 'acknowledge code');
  }

  async #hasInput(): Promise<boolean> {
    const bytes = await this.#reader.read({ timeoutMs: 0, signal: this.#signal });
    if (bytes) this.#reader.unread(bytes);
    return bytes !== undefined;
  }

  async #write(text: string): Promise<void> {
    await this.#port.write(Buffer.from(text, 'latin1'));
  }

  async #readUntil(marker: string | number, timeoutMs: number) {
    return this.#reader.readUntil(marker, { timeoutMs, signal: this.#signal });
  }

  async #readBytes(count: number): Promise<Uint8Array> {
    const bytes = await this.#reader.readExactly(count, {
      timeoutMs: ANSWER_TIMEOUT_MS,
      signal: this.#signal,
    });
    if (bytes.length < count) throw this.#silent('answer in its raw REPL');
    return bytes;
  }

  /** Reads up to a marker and returns the text before it. */
  async #expect(marker: string | number, timeoutMs: number, doing: string): Promise<string> {
    const { bytes, end } = await this.#readUntil(marker, timeoutMs);
    if (end !== 'found') throw this.#silent(doing);
    const markerLength = typeof marker === 'string' ? marker.length : 1;
    return Buffer.from(bytes.subarray(0, -markerLength)).toString('utf8');
  }

  #silent(doing: string): PortalError {
    return new PortalError('repl-silent', `The board on ${this.#port.name} did not ${doing}.`);
  }

  /** Interrupts what still runs and goes back to the friendly prompt; silent when the port has gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    try {
      await this.#write(`${CTRL_C}${CTRL_B}`);
      // Not the caller's signal: leaving the board at its prompt is what an interrupted caller wants.
      await this.#reader.readUntil(FRIENDLY_PROMPT, { timeoutMs: PROMPT_TIMEOUT_MS });
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
    }
  }
}
