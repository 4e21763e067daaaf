// Takes the shims' own frames out of printed tracebacks: on a board these modules are C and show none.

/** Folder from which the shims are imported, inside the interpreter. */
export const SHIM_FOLDER = '/.board';

const FRAME = new TextEncoder().encode(`  File "${SHIM_FOLDER}/`);
const NEWLINE = 10;

/** Takes the output in any pieces; buffers what may become such a line. */
export class TracebackFilter {
  #matched = 0;
  #state: 'line-start' | 'pass' | 'drop' = 'line-start';

  /** @returns what is to be printed now */
  feed(bytes: Uint8Array): Uint8Array {
    const out: number[] = [];
    for (const byte of bytes) this.#byte(byte, out);
    return Uint8Array.from(out);
  }

  /** @returns the buffered text, which is not such a line */
  flush(): Uint8Array {
    const held = FRAME.slice(0, this.#matched);
    if (this.#matched > 0) this.#state = 'pass';
    this.#matched = 0;
    return held;
  }

  #byte(byte: number, out: number[]): void {
    if (this.#state === 'line-start') {
      if (byte === FRAME[this.#matched]) {
        this.#matched += 1;
        if (this.#matched === FRAME.length) {
          this.#matched = 0;
          this.#state = 'drop';
        }
        return;
      }
      out.push(...FRAME.slice(0, this.#matched));
      this.#matched = 0;
      this.#state = 'pass';
    }
    if (this.#state === 'pass') out.push(byte);
    if (byte === NEWLINE) this.#state = 'line-start';
  }
}
