// Bytes → lines, none longer than a bound. Independent of their content.
//
// ReadlineParser, which splits lines elsewhere here, is not used for a board's log: it keeps a line without end in
// memory, copying it with each chunk, and makes two buffers a line, a third of the time that a line may take.

/** A longer line is handed on in pieces, so that a board that sends no line end costs bounded memory. */
export const MAX_LINE_BYTES = 8192;

const LINE_FEED = 0x0a;

export interface LineSink {
  /** Whole lines, each with its line end; carriage returns are left in. */
  lines(block: string): void;
  /** A piece of a line that is too long; the rest follows. */
  piece(text: string): void;
}

/** Feed it bytes as they come; a character may arrive in two chunks. The same bytes give the same lines. */
export class LineSplitter {
  readonly #sink: LineSink;
  readonly #begun = Buffer.alloc(MAX_LINE_BYTES);
  #begunBytes = 0;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    // No more at once than the line that has begun may still take: so no line in it is too long.
    for (let at = 0; at < bytes.length; ) {
      const chunk = bytes.subarray(at, at + MAX_LINE_BYTES - this.#begunBytes);
      at += chunk.length;
      this.#split(chunk);
      if (this.#begunBytes === MAX_LINE_BYTES) this.#cut();
    }
  }

  #split(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const whole = chunk.subarray(0, end);
      if (this.#begunBytes === 0) this.#sink.lines(textOf(whole));
      else this.#sink.lines(textOf(Buffer.concat([this.#begun.subarray(0, this.#begunBytes), whole])));
      this.#begunBytes = 0;
    }
    this.#begun.set(end > 0 ? chunk.subarray(end) : chunk, this.#begunBytes);
    this.#begunBytes += chunk.length - end;
  }

  /** Passes on an unfinished line, up to the end of a character. */
  #cut(): void {
    const end = lastCharacterEnd(this.#begun);
    const text = textOf(this.#begun.subarray(0, end));
    this.#begun.copyWithin(0, end);
    this.#begunBytes = MAX_LINE_BYTES - end;
    this.#sink.piece(text);
  }

  /** The unfinished line. */
  get rest(): string {
    return textOf(this.#begun.subarray(0, this.#begunBytes));
  }

  /** Gives up the line that has not ended. */
  takeRest(): string {
    const { rest } = this;
    this.#begunBytes = 0;
    return rest;
  }
}

/** Where the last complete character ends; the whole length if the bytes are not UTF-8. */
function lastCharacterEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return bytes.length - back; // its first byte
  }
  return bytes.length;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

/** Not by an expression: /\r+$/ starts again at every carriage return. */
export function withoutTrailingReturns(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\r') end--;
  return text.slice(0, end);
}
