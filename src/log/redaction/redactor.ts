// Everything that leaves the process passes this redactor. It masks the forms of secret-forms.ts and, if given,
// the values of this run's secret options.

import { PlainLine, withoutControls } from './plain-text.js';
import { FAILED_JOIN } from './portal-secrets.js';
import type { Secret } from './secret.js';
import { FINDERS, mayHoldSecret } from './secret-forms.js';
import { valueFinder } from './secret-values.js';

/** Replaces a secret, and the rest of a line after an unfinished secret. */
export const MASK = '***';

/** Characters of the preceding text that are kept to find a key, or a call up to its password, that was split. */
export const CONTEXT_LENGTH = 512;

interface MaskOptions {
  /** false while the rest of the line is still to come. */
  readonly isWhole?: boolean;
  /** Where to look from: the end of the secret before. */
  readonly from?: number;
  /** What precedes this was shown before and is left out. */
  readonly shown?: number;
}

interface MaskedLine {
  readonly text: string;
  /** Its last secret may continue in the following text. */
  readonly isOpen: boolean;
}

export class Redactor {
  readonly #values: string[];
  #ofValues: ReturnType<typeof valueFinder>;
  readonly #plain: RegExp | undefined;

  /**
   * @param values secrets of this run, in clear
   * @param plain texts of this run that are no secrets whatever they look like, such as `--app my-password`; for whole
   *   texts, see mask
   */
  constructor(values: readonly string[] = [], plain: readonly string[] = []) {
    this.#values = [...values];
    this.#ofValues = valueFinder(values);
    this.#plain = finderOf(plain);
  }

  /** From now on this secret is masked too: it was read after the command had begun. */
  addValue(secret: string): void {
    this.#values.push(secret);
    this.#ofValues = valueFinder(this.#values);
  }

  /** Whether a closer look is needed, at a line or at many. */
  mayHold(text: string): boolean {
    return (
      mayHoldSecret(text) ||
      mayHoldSecret(withoutControls(text) ?? '') ||
      this.#ofValues?.(text, true, 0) !== undefined
    );
  }

  /** The line's secrets from the first at or after `from`; while the line is not whole, in doubt a secret. */
  secrets(line: string, isWhole: boolean, from = 0): Generator<Secret, void> {
    return this.#secrets({ line, forms: line }, isWhole, from);
  }

  /** @param text `line`, and of the same length `forms`, in which forms are searched */
  *#secrets({ line, forms }: SearchedLine, isWhole: boolean, from: number): Generator<Secret, void> {
    const ofValues = this.#ofValues;
    // In the plain line too, not instead: what is skipped may also separate words.
    const mayHold = mayHoldSecret(forms);
    const bare = withoutControls(forms);
    const plain = (bare === undefined ? mayHold : mayHoldSecret(bare))
      ? PlainLine.of(forms, isWhole)
      : undefined;
    const finders = [
      ...(mayHold ? FINDERS.map((find) => (at: number) => find(forms, isWhole, at)) : []),
      ...(plain ? FINDERS.map((find) => (at: number) => plain.find(find, isWhole, at)) : []),
      ...(ofValues ? [(at: number) => ofValues(line, isWhole, at)] : []),
    ];
    // Each finder continues after its last match, so that the search is linear in the length of the line.
    const found = finders.map((find) => find(from));
    for (let at = from; at <= line.length; ) {
      let first: Secret | undefined;
      for (const [index, find] of finders.entries()) {
        let secret = found[index];
        if (secret && secret.start < at) found[index] = secret = find(at);
        // A password may contain the beginning of another kind of secret.
        if (secret && (!first || secret.start < first.start || isLonger(secret, first))) first = secret;
      }
      if (!first) return;
      yield first;
      at = Math.max(first.end, first.start + 1);
    }
  }

  /** One line with its secrets masked. */
  maskLine(line: string, { isWhole = true, from = 0, shown = 0 }: MaskOptions = {}): MaskedLine {
    return this.#maskLine({ line, forms: line }, { isWhole, from, shown });
  }

  #maskLine(searched: SearchedLine, { isWhole, from, shown }: Required<MaskOptions>): MaskedLine {
    const { line } = searched;
    let text = '';
    let at = from;
    let isOpen = !isWhole && line.includes(FAILED_JOIN); // the failed password may follow
    for (const { start, end, isCertain } of this.#secrets(searched, isWhole, from)) {
      if (end > shown || start >= shown) {
        text += line.slice(Math.max(at, shown), Math.max(start, shown)) + (start === line.length ? '' : MASK);
      }
      isOpen ||= end === line.length && !isCertain;
      at = end;
    }
    return { text: text + line.slice(Math.max(at, shown)), isOpen };
  }

  /** A text of any number of lines, masked, but for forms that are part of a plain text of this run. */
  mask(text: string): string {
    if (!this.mayHold(text)) return text;
    return text
      .split('\n')
      .map((line) => this.#maskLine({ line, forms: this.#withoutPlain(line) }, WHOLE).text)
      .join('\n');
  }

  #withoutPlain(line: string): string {
    return this.#plain ? line.replace(this.#plain, (text) => COVER.repeat(text.length)) : line;
  }
}

/** Finds the texts as whole words: a longer name is another text. */
function finderOf(texts: readonly string[]): RegExp | undefined {
  if (texts.length === 0) return undefined;
  const longestFirst = [...texts].sort((one, other) => other.length - one.length);
  const escaped = longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`(?:${escaped.join('|')})(?![\\w-])`, 'g');
}

/** A line, and the same with plain texts covered. */
interface SearchedLine {
  readonly line: string;
  readonly forms: string;
}

const WHOLE: Required<MaskOptions> = { isWhole: true, from: 0, shown: 0 };
/** Neither part of a name nor of a separator, so that nothing begins in a covered text and ends behind it. */
const COVER = '~';

/** For those who were given no secrets. */
export const FORMS_ONLY = new Redactor();

function isLonger(secret: Secret, other: Secret): boolean {
  return secret.start === other.start && secret.end > other.end;
}
