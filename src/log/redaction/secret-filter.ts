// Masks passwords in a stream of bytes that is shown as it comes, line ends or not.

import { MAX_LINE_BYTES, withoutTrailingReturns } from '../line-splitter.js';
import { cutEtsTask } from '../sdk-noise.js';
import { CONTEXT_LENGTH, FORMS_ONLY, MASK, type Redactor } from './redactor.js';

/**
 * Bytes are passed at once, except after the start of a secret: the rest of the line is buffered until it ends.
 * Text is handled as Latin-1, one character a byte. The same bytes give the same output, however they are cut.
 */
export class SecretFilter {
  readonly #redactor: Redactor;
  /** The line so far, without messages of the SDK in it. */
  #line = '';
  /** How many of its characters were passed, plain or masked. */
  #passed = 0;
  /** Where the last masked secret ended. */
  #from = 0;
  /** The last text was from the SDK: the next line end belongs to it, and the line continues. */
  #isAfterNoise = false;
  /** A secret became too long to buffer; its mask was passed. */
  #skipsRest = false;

  constructor(redactor: Redactor = FORMS_ONLY) {
    this.#redactor = redactor;
  }

  push(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    let out = '';
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      out += this.#takeAll(text.slice(start, end)) + this.#endLine('\n');
      start = end + 1;
    }
    return Buffer.from(out + this.#takeAll(text.slice(start)), 'latin1');
  }

  /** Passes the buffered rest of a line that will not end. */
  end(): Uint8Array {
    this.#isAfterNoise = false;
    return Buffer.from(this.#endLine(''), 'latin1');
  }

  /** No more at once than the line may still take, so that a long one is cut in the same places in any pieces. */
  #takeAll(text: string): string {
    let out = '';
    for (let at = 0; at < text.length && !this.#skipsRest; ) {
      const piece = text.slice(at, at + MAX_LINE_BYTES - this.#line.length);
      at += piece.length;
      out += this.#take(piece);
    }
    return out;
  }

  #take(piece: string): string {
    const text = this.#isAfterNoise ? piece.replace(/^\r+/, '') : piece;
    let out = piece.slice(0, piece.length - text.length);
    if (text === '') return out;
    this.#isAfterNoise = false;
    this.#line += text;
    for (let cut = cutEtsTask(this.#line); cut !== undefined; cut = cutEtsTask(this.#line)) {
      const { before, noise } = cut;
      const after = cut.after.replace(/^\r+$/, '');
      this.#line = before;
      out += this.#pass(); // no part of the noise: some of it may have gone through already
      out += noise.slice(Math.max(0, this.#passed - before.length)) + cut.after.slice(after.length);
      this.#passed = Math.min(this.#passed, before.length);
      this.#from = Math.min(this.#from, before.length);
      this.#line = before + after;
      this.#isAfterNoise = after === '';
    }
    out += this.#pass();
    if (this.#line.length >= MAX_LINE_BYTES) out += this.#cut();
    return out;
  }

  /** Passes text that cannot be a secret, and the masks of secrets. */
  #pass(): string {
    let out = '';
    for (const { start, end, isCertain } of this.#redactor.secrets(this.#line, false, this.#from)) {
      if (start === end && end === this.#from) continue; // an empty value whose mask was passed
      out += this.#line.slice(this.#passed, start);
      this.#passed = Math.max(this.#passed, start);
      if (!isCertain) return out;
      out += MASK;
      this.#passed = this.#from = end;
    }
    out += this.#line.slice(this.#passed);
    this.#passed = Math.max(this.#passed, this.#line.length);
    return out;
  }

  #cut(): string {
    if (this.#passed < this.#line.length) {
      this.#skipsRest = true;
      return MASK;
    }
    const dropped = this.#line.length - CONTEXT_LENGTH;
    this.#line = this.#line.slice(dropped);
    this.#passed = this.#line.length;
    this.#from = Math.max(0, this.#from - dropped);
    return '';
  }

  #endLine(lineEnd: string): string {
    if (this.#isAfterNoise) {
      this.#isAfterNoise = false;
      return lineEnd;
    }
    const text = withoutTrailingReturns(this.#line);
    const rest = this.#skipsRest
      ? ''
      : this.#redactor.maskLine(text, { from: this.#from, shown: this.#passed }).text;
    const returns = this.#skipsRest ? '' : this.#line.slice(Math.max(this.#passed, text.length));
    this.#line = '';
    this.#passed = this.#from = 0;
    this.#skipsRest = false;
    return rest + returns + lineEnd;
  }
}
