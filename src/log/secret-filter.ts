// Masks passwords in a stream of bytes that is shown as it comes, line ends or not.

import { MAX_LINE_BYTES } from './line-splitter.js';
import { cutEtsTask } from './sdk-noise.js';
import { findSecret, LONGEST_KEY, MASKED_REST, maskSecrets } from './secrets.js';

const LINE_END = /\r*\n/;

/**
 * Bytes go through at once, except where a secret has begun: from there the line is held back until it has ended.
 * Text is handled as Latin-1, one character a byte.
 */
export class SecretFilter {
  /** The line so far, without what the SDK said in its midst. */
  #line = '';
  /** How many characters of it have gone through. */
  #passed = 0;
  /** The SDK spoke last: the next line end is its own, and the line goes on. */
  #isAfterNoise = false;
  /** A secret line became too long to hold; its mask has gone through. */
  #swallows = false;

  push(bytes: Uint8Array): Uint8Array {
    let text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    let out = '';
    for (let end = LINE_END.exec(text); end !== null; end = LINE_END.exec(text)) {
      out += this.#take(text.slice(0, end.index)) + this.#endLine(end[0]);
      text = text.slice(end.index + end[0].length);
    }
    return Buffer.from(out + this.#take(text), 'latin1');
  }

  /** What was held back of a line that will not end any more. */
  end(): Uint8Array {
    this.#isAfterNoise = false;
    return Buffer.from(this.#endLine(''), 'latin1');
  }

  #take(piece: string): string {
    if (this.#swallows) return '';
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
      this.#line = before + after;
      this.#isAfterNoise = after === '';
    }
    out += this.#pass();
    if (this.#line.length > MAX_LINE_BYTES) out += this.#cut();
    return out;
  }

  /** Lets through what is no secret for certain. */
  #pass(): string {
    const end = findSecret(this.#line, false)?.start ?? this.#line.length;
    const out = this.#line.slice(this.#passed, end);
    this.#passed = Math.max(this.#passed, end);
    return out;
  }

  #cut(): string {
    if (this.#passed < this.#line.length) {
      this.#swallows = true;
      return MASKED_REST;
    }
    this.#line = this.#line.slice(-LONGEST_KEY);
    this.#passed = this.#line.length;
    return '';
  }

  #endLine(lineEnd: string): string {
    if (this.#isAfterNoise) {
      this.#isAfterNoise = false;
      return lineEnd;
    }
    const text = this.#line.replace(/\r+$/, '');
    const rest = this.#swallows ? '' : maskSecrets(text, true).text.slice(this.#passed);
    const returns = this.#line.slice(Math.max(this.#passed, text.length));
    this.#line = '';
    this.#passed = 0;
    this.#swallows = false;
    return rest + returns + lineEnd;
  }
}
