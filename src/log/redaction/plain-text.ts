// A line as the forms of secret-forms.ts are searched in it a second time: control characters and escape sequences
// must not hide a password.

import type { FindSecret, Secret } from './secret.js';

/**
 * Control characters but tab and line end, the sequences that set colours or move the cursor (CSI), and no-break spaces.
 * Bytes are searched as Latin-1, so the last two kinds may have the first byte of their UTF-8.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are skipped
const SKIPPED = /\x1b\[[\d;?]{0,16}[A-Za-z]|\r(?!\n|$)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2?[\x80-\xa0]/g;
/** The same as a test, in half the time: one class of characters, of which a carriage return at a line end is none. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const HAS_SKIPPED = /[\0-\x08\x0b-\x1f\x7f-\xa0](?<!\r(?=\n|$))/;
/** A sequence whose end may still come, or the beginning of a line end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const BEGINNING = /(?:\r|\x1b(?:\[[\d;?]{0,16})?)$/;
const LONGEST_BEGINNING = 18;

/** The text without what is skipped; undefined if that is all of it. */
export function withoutControls(text: string): string | undefined {
  return HAS_SKIPPED.test(text) ? text.replace(SKIPPED, replacement) : undefined;
}

function replacement(skipped: string): string {
  return skipped.endsWith('\xa0') ? ' ' : '';
}

/** A line without what is skipped, and where its characters are in the line. */
export class PlainLine {
  readonly text: string;
  readonly #length: number;
  /** For each character of the text, and its end. */
  readonly #places: Uint32Array;

  private constructor(line: string, isWhole: boolean) {
    const tail = Math.max(0, line.length - LONGEST_BEGINNING);
    const begun = isWhole ? undefined : BEGINNING.exec(line.slice(tail));
    const length = begun ? tail + begun.index : line.length;
    const places = new Uint32Array(length + 1);
    let text = '';
    let at = 0;
    const keep = (end: number) => {
      for (let place = at; place < end; place++) places[text.length + place - at] = place;
      text += line.slice(at, end);
    };
    for (const { 0: skipped, index } of line.matchAll(SKIPPED)) {
      if (index >= length) break;
      keep(index);
      if (replacement(skipped)) {
        places[text.length] = index;
        text += ' ';
      }
      at = index + skipped.length;
    }
    keep(length);
    places[text.length] = length;
    this.text = text;
    this.#length = line.length;
    this.#places = places.subarray(0, text.length + 1);
  }

  /** undefined if nothing in the line is skipped. */
  static of(line: string, isWhole: boolean): PlainLine | undefined {
    return HAS_SKIPPED.test(line) || (!isWhole && line.endsWith('\r'))
      ? new PlainLine(line, isWhole)
      : undefined;
  }

  /** The first secret at or after `from` in the line. */
  find(find: FindSecret, isWhole: boolean, from: number): Secret | undefined {
    const secret = from > this.#length ? undefined : find(this.text, isWhole, this.#indexOf(from));
    if (!secret) return undefined;
    const { length } = this.text;
    const start = this.#places[secret.start] ?? this.#length;
    const end = secret.end >= length ? this.#length : (this.#places[secret.end] ?? this.#length);
    return { start: Math.max(start, from), end, isCertain: secret.isCertain };
  }

  /** The first character that is in the line at `place` or after it. */
  #indexOf(place: number): number {
    let low = 0;
    let high = this.text.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
