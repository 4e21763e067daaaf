// The handshake of raw-paste mode, which the WebAssembly port cannot do itself (its stdin never blocks).
// Follows do_reader_stdin in MicroPython's shared/runtime/pyexec.c. Pure: bytes in, bytes out.

const CTRL_C = 3;
const CTRL_D = 4;
/** Half of MICROPY_REPL_STDIN_BUFFER_MAX. */
const WINDOW = 128;
const GRANT = 1;

export type RawPasteStep =
  | { readonly kind: 'more'; readonly send: readonly number[] }
  | { readonly kind: 'run'; readonly send: readonly number[]; readonly code: Uint8Array }
  | { readonly kind: 'aborted'; readonly send: readonly number[] };

/** The bytes that request raw-paste, at the start of a line in raw mode. */
export const RAW_PASTE_REQUEST: readonly number[] = [5, 0x41, 1];

/** One transfer, from its request to its end. */
export class RawPaste {
  readonly #code: number[] = [];
  #windowLeft = WINDOW;

  /** The board's answer to the request: supported, the window, and a second window. */
  readonly greeting: readonly number[] = [0x52, 1, WINDOW & 0xff, WINDOW >> 8, GRANT];

  feed(byte: number): RawPasteStep {
    if (byte === CTRL_D) {
      return { kind: 'run', send: [CTRL_D], code: Uint8Array.from(this.#code) };
    }
    if (byte === CTRL_C) {
      // End of code; end of (no) output; the traceback, which has no frames; end of it; ready.
      const traceback = [...new TextEncoder().encode('KeyboardInterrupt: \r\n')];
      return { kind: 'aborted', send: [CTRL_D, CTRL_D, ...traceback, CTRL_D, 0x3e] };
    }
    this.#code.push(byte);
    this.#windowLeft -= 1;
    if (this.#windowLeft > 0) return { kind: 'more', send: [] };
    this.#windowLeft = WINDOW;
    return { kind: 'more', send: [GRANT] };
  }
}
