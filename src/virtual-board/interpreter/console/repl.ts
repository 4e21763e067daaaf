// Bytes at the prompt. The interpreter's own REPL does the work; here is what its WebAssembly port lacks:
// raw-paste, a banner that names the board, and which byte may start a program.

import type { MicroPython } from '@micropython/micropython-webassembly-pyscript';
import type { Console } from './console.js';
import type { Keyboard } from './keyboard.js';
import { RAW_PASTE_REQUEST, RawPaste } from './raw-paste.js';

export type ReplMode = 'friendly' | 'raw';

const CTRL_A = 1;
const CTRL_B = 2;
const CTRL_C = 3;
const CTRL_D = 4;
const CARRIAGE_RETURN = 13;
const NEWLINE = 10;
const FORCED_EXIT = 0x100;

/** What `machine.soft_reset()` leaves for the prompt: before MicroPython 1.24 no other SystemExit resets. */
export interface ExitRequest {
  asked: boolean;
}

interface ReplOptions {
  readonly banner: string;
  readonly exit: ExitRequest;
  readonly onCompile: (codeBytes: number) => void;
}

export class Repl {
  readonly #python: MicroPython;
  readonly #console: Console;
  readonly #keyboard: Keyboard;
  readonly #banner: string;
  readonly #exit: ExitRequest;
  readonly #onCompile: (codeBytes: number) => void;
  #mode: ReplMode = 'friendly';
  /** Bytes of the line so far in raw mode, already passed on. */
  #rawLineLength = 0;
  /** The start of what may become a request for raw-paste. */
  #held: number[] = [];

  /**
   * @param banner first line of the friendly REPL
   * @param onCompile called before code of the raw REPL is compiled
   */
  constructor(
    python: MicroPython,
    console: Console,
    keyboard: Keyboard,
    { banner, exit, onCompile }: ReplOptions,
  ) {
    this.#onCompile = onCompile;
    this.#exit = exit;
    this.#python = python;
    this.#console = console;
    this.#keyboard = keyboard;
    this.#banner = banner;
  }

  /** Serves the prompt until a soft reset. @returns the mode of the REPL then */
  run(mode: ReplMode): ReplMode {
    this.#start(mode);
    while (!this.#process(this.#keyboard.next())) this.#console.flush();
    this.#console.flush();
    return this.#mode;
  }

  #start(mode: ReplMode): void {
    const greeting = this.#console.capture(() => this.#python.replInit());
    if (mode === 'friendly') {
      this.#console.print(this.#withBanner(greeting).replace(/^\r\n/, ''));
      return;
    }
    const raw = this.#console.capture(() => this.#python.replProcessChar(CTRL_A));
    this.#mode = 'raw';
    this.#console.print(raw.replace(/^\r\n/, ''));
  }

  /** @returns whether a soft reset was requested */
  #process(byte: number): boolean {
    if (this.#mode === 'raw' && this.#rawLineLength === 0 && byte === RAW_PASTE_REQUEST[this.#held.length]) {
      this.#held.push(byte);
      if (this.#held.length < RAW_PASTE_REQUEST.length) return false;
      this.#held = [];
      return this.#rawPaste();
    }
    const held = this.#held;
    this.#held = [];
    for (const earlier of held) this.#feed(earlier);
    return this.#feed(byte);
  }

  #feed(byte: number): boolean {
    if (byte === CTRL_A || byte === CTRL_B) {
      const printed = this.#console.capture(() => this.#python.replProcessChar(byte));
      if (printed.includes('raw REPL; CTRL-B to exit')) this.#mode = 'raw';
      else if (byte === CTRL_B) this.#mode = 'friendly';
      this.#rawLineLength = 0;
      this.#console.print(this.#withBanner(printed));
      return false;
    }
    if (byte === CTRL_D) this.#onCompile(this.#rawLineLength);
    this.#rawLineLength = byte === CTRL_C || byte === CTRL_D ? 0 : this.#rawLineLength + 1;
    return this.#run(byte);
  }

  /** Hands a byte over; one that may start a program lets Ctrl-C interrupt it. */
  #run(byte: number): boolean {
    const startsProgram =
      byte === CTRL_D || (this.#mode === 'friendly' && (byte === CARRIAGE_RETURN || byte === NEWLINE));
    if (!startsProgram) return this.#isExit(this.#python.replProcessChar(byte));
    this.#exit.asked = false;
    this.#keyboard.programStarts(this.#mode);
    const result = this.#python.replProcessChar(byte);
    this.#keyboard.promptStarts();
    return this.#exit.asked || this.#isExit(result);
  }

  #rawPaste(): boolean {
    const transfer = new RawPaste();
    this.#console.write(Uint8Array.from(transfer.greeting));
    for (;;) {
      const step = transfer.feed(this.#keyboard.next());
      this.#console.write(Uint8Array.from(step.send));
      if (step.kind === 'aborted') return false;
      if (step.kind === 'run') return this.#runPasted(step.code);
    }
  }

  /** Bytes 1 and 2 in the code would leave the raw REPL that it is handed to; they are not Python either. */
  #runPasted(code: Uint8Array): boolean {
    this.#onCompile(code.length);
    for (const byte of code) if (byte > CTRL_B) this.#python.replProcessChar(byte);
    // An empty line would be a soft reset.
    this.#python.replProcessChar(NEWLINE);
    this.#console.skip('OK'.length);
    return this.#run(CTRL_D);
  }

  #isExit(result: number): boolean {
    return (result & FORCED_EXIT) !== 0;
  }

  #withBanner(printed: string): string {
    return printed.replace(/MicroPython v[^\r\n]*; JS with Emscripten/, this.#banner);
  }
}
