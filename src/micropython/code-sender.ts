// Sends code to a board in its raw REPL: by raw-paste with its flow control, where the firmware has that, or in paced
// pieces.

import { delay } from '../delay.js';
import type { Port } from '../port/port.js';
import { ANSWER_TIMEOUT_MS, type ReplLine } from './repl-line.js';

const CTRL_A = '\x01'; // in raw-paste: window granted
const CTRL_D = '\x04'; // end of code
const END = 0x04;

/**
 * Without flow control code goes out in small pieces, and no faster than a wire would carry them: a socket or a
 * pseudo-terminal takes more at once than the 64 bytes that some boards buffer.
 */
const PLAIN_CHUNK_BYTES = 32;
const BITS_PER_BYTE = 10;

/** Far more than any port grants at once: such an answer was damaged. */
const MAX_WINDOW_BYTES = 4096;
const MAX_LINES_IN_BETWEEN = 10;

export class CodeSender {
  readonly #line: ReplLine;
  #rawPaste = true;

  constructor(line: ReplLine) {
    this.#line = line;
  }

  /**
   * Resolves when the board has all of it and runs it.
   * @throws PortalError `repl-stalled`, `port-lost`; the signal's reason
   */
  async send(code: string | Uint8Array): Promise<void> {
    const bytes = typeof code === 'string' ? Buffer.from(code, 'utf8') : code;
    if (!(this.#rawPaste && (await this.#sendRawPaste(bytes)))) await this.#sendPlain(bytes);
  }

  /** @returns false when this firmware has no raw-paste mode; it is back at the raw prompt then */
  async #sendRawPaste(code: Uint8Array): Promise<boolean> {
    await this.#line.write(`\x05A${CTRL_A}`);
    // Firmware without raw-paste answers the request with the raw banner.
    const answers = ['R\x01', 'R\x00', 'CTRL-B to exit\r\n>'];
    const { bytes, end } = await this.#line.reader.readUntil(answers, this.#line.answerWait);
    if (end !== 'found') throw this.#line.stalled('answer in its raw REPL');
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
        const { bytes: before, end: why } = await this.#line.reader.readUntil(
          [0x01, END],
          this.#line.answerWait,
        );
        if (before.at(-1) === END) return this.#abortRawPaste();
        if (why === 'found') credit += window;
        else if (credit === 0) throw this.#line.stalled('grant more bytes');
      }
      const chunk = whole.subarray(sent, sent + credit);
      // While one piece leaves, the next waits behind it; only then is the line never idle.
      await leaving;
      leaving = this.#line.port.write(chunk);
      leaving.catch(() => {}); // the next await reports it
      sent += chunk.length;
      credit -= chunk.length;
    }
    await leaving;
    // Late grants may come before the end is acknowledged.
    await this.#line.expect(END, ANSWER_TIMEOUT_MS, 'accept the end of the program');
    return true;
  }

  /** The board ran out of memory or cannot compile: it aborts the transfer and reports the reason after the end mark. */
  async #abortRawPaste(): Promise<boolean> {
    await this.#line.write(CTRL_D);
    return true;
  }

  async #sendPlain(code: Uint8Array): Promise<void> {
    await writePaced(this.#line.port, code, this.#line.signal);
    await this.#line.write(CTRL_D);
    await this.#line.expect('OK', ANSWER_TIMEOUT_MS, 'acknowledge code');
  }

  /** How much code the board takes at a time. The first grant comes with it, and one is granted from the start. */
  async #readWindow(): Promise<number> {
    for (let line = 0; line < MAX_LINES_IN_BETWEEN; line++) {
      const bytes = Buffer.from(await this.#line.readExactly(3));
      const window = bytes.readUInt16LE();
      if (bytes[2] === 0x01 && window > 0 && window <= MAX_WINDOW_BYTES) return window;
      this.#line.reader.unread(bytes); // a line of the SDK
      await this.#line.expect('\n', ANSWER_TIMEOUT_MS, 'report its receive window');
    }
    throw this.#line.stalled('report its receive window');
  }

  async #hasInput(): Promise<boolean> {
    const bytes = await this.#line.reader.read({ timeoutMs: 0, signal: this.#line.signal });
    if (bytes) this.#line.reader.unread(bytes);
    return bytes !== undefined;
  }
}

/** No faster than a wire carries it. */
export async function writePaced(
  port: Port,
  code: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const chunkMs = (PLAIN_CHUNK_BYTES * BITS_PER_BYTE * 1000) / port.baudRate;
  for (let start = 0; start < code.length; start += PLAIN_CHUNK_BYTES) {
    const chunk = code.subarray(start, start + PLAIN_CHUNK_BYTES);
    await Promise.all([port.write(chunk), delay(chunkMs, signal)]);
  }
}
