// Keeps a board from steering the terminal: what is no text is shown, not obeyed.

/**
 * Control characters but tab and line feed; and those that turn, hide or break text (format characters, those that are
 * ignored for display, line separators), have no agreed glyph (private use) or a blank one (U+2800).
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  /[\0-\x08\x0b-\x1f\x7f-\x9f\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu;

const COLOURS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: sequences that only set colours
  /\x1b\[[\d;]*m/g;

/** Text for a terminal, a file or a pipe: colours are removed, other unsafe characters escaped. */
export function printable(text: string): string {
  return text.replace(COLOURS, '').replace(UNSAFE, escaped);
}

/** The same for text within a line: a line feed is escaped, too. */
export function inOneLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, escaped);
}

/** JSON without terminal control characters; parses to the same value. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, unicodeEscapes);
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length > 4) return `\\u{${hex}}`;
  return hex.length > 2 ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`;
}

/** As in JSON: a character above U+FFFF has two. */
function unicodeEscapes(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/**
 * What MicroPython's line editor sends besides text: back by one (BS), and the sequences that move along the line (CUF,
 * CUB) and erase to its end (EL). No other sequence passes.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these may get through
const LINE_EDITING = /^(?:[\x08\r]|\x1b\[\d{0,3}[CDK])/;
/** One of these whose end has not come. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const BEGINNING = /\x1b(?:\[\d{0,3})?$/;

/** A board's bytes as they come, made safe for a terminal. */
export class TerminalFilter {
  readonly #decoder = new TextDecoder();
  readonly #allowsEditing: boolean;
  #held = '';

  /** @param allowsEditing for a REPL: the cursor may move along its line */
  constructor({ allowsEditing }: { allowsEditing: boolean }) {
    this.#allowsEditing = allowsEditing;
  }

  push(bytes: Uint8Array): string {
    let text = this.#held + this.#decoder.decode(bytes, { stream: true });
    this.#held = '';
    // A carriage return and a sequence are recognised by the following characters.
    const beginning = text.endsWith('\r') && !this.#allowsEditing ? '\r' : BEGINNING.exec(text)?.[0];
    if (beginning !== undefined && this.#mayWaitFor(beginning)) {
      this.#held = beginning;
      text = text.slice(0, -beginning.length);
    }
    return this.#safe(text);
  }

  /** Passes the buffered beginning of a sequence. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return this.#safe(held);
  }

  #mayWaitFor(beginning: string): boolean {
    return beginning === '\r' || this.#allowsEditing;
  }

  #safe(text: string): string {
    let out = '';
    let from = 0;
    for (const { 0: character, index } of text.matchAll(UNSAFE)) {
      if (index < from) continue; // within a sequence that passed
      out += text.slice(from, index);
      const passes = this.#passing(text, index);
      out += passes === '' ? escaped(character) : passes;
      from = index + Math.max(character.length, passes.length);
    }
    return out + text.slice(from);
  }

  #passing(text: string, index: number): string {
    if (text.startsWith('\r\n', index)) return '\r';
    return this.#allowsEditing ? (LINE_EDITING.exec(text.slice(index, index + 8))?.[0] ?? '') : '';
  }
}
