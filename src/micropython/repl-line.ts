// The line to a board in its raw REPL: writes, and reads up to what must come next. Independent of what is sent.

import { PortalError } from '../errors.js';
import { withoutSdkLines } from '../log/sdk-noise.js';
import { ByteReader, type Wait } from '../port/byte-reader.js';
import type { Port } from '../port/port.js';

export const ANSWER_TIMEOUT_MS = 3000;
/** A soft reset runs boot.py, which may take its time. */
export const SOFT_RESET_TIMEOUT_MS = 8000;

export class ReplLine {
  readonly port: Port;
  readonly reader: ByteReader;
  readonly signal: AbortSignal | undefined;

  constructor(port: Port, signal: AbortSignal | undefined) {
    this.port = port;
    this.reader = ByteReader.of(port);
    this.signal = signal;
  }

  async write(text: string): Promise<void> {
    await this.port.write(Buffer.from(text, 'latin1'));
  }

  /** For an answer that a board gives at once. */
  get answerWait(): Wait {
    return { timeoutMs: ANSWER_TIMEOUT_MS, signal: this.signal };
  }

  /** @throws PortalError `repl-stalled` */
  async readExactly(count: number): Promise<Uint8Array> {
    const bytes = await this.reader.readExactly(count, this.answerWait);
    if (bytes.length < count) throw this.stalled('answer in its raw REPL');
    return bytes;
  }

  /**
   * @param doing what the board does until then, for the message
   * @returns the text before the marker, without what the SDK printed in between
   * @throws PortalError `repl-stalled`; `transfer-failed` for output without end
   */
  async expect(marker: string | number, timeoutMs: number, doing: string): Promise<string> {
    return this.readText(marker, { timeoutMs, signal: this.signal }, doing);
  }

  /** As expect, with its own timeout. */
  async readText(marker: string | number, wait: Wait, doing: string): Promise<string> {
    const { bytes, end } = await this.reader.readUntil(marker, wait);
    if (end === 'size') throw this.#flooded(bytes.length);
    if (end !== 'found') throw this.stalled(doing);
    const markerLength = typeof marker === 'string' ? marker.length : 1;
    return withoutSdkLines(Buffer.from(bytes.subarray(0, -markerLength)).toString('utf8'));
  }

  #flooded(sizeBytes: number): PortalError {
    return new PortalError(
      'transfer-failed',
      `The board on ${this.port.name} sent more than ${sizeBytes - 1} bytes, and still no end of its answer.`,
      {
        likelyCause: 'A timer or a thread of a program on the board prints without end.',
        next: 'Remove that program from the flash: esp-portal files rm main.py --from-flash --port PORT',
      },
    );
  }

  /** It has answered before: power, cable and lines are right. */
  stalled(doing: string): PortalError {
    return new PortalError('repl-stalled', `The board on ${this.port.name} did not ${doing} in time.`);
  }
}
