// What the interpreter prints, before it goes out: banners name the board, shims leave no trace.

import type { Keyboard } from './keyboard.js';
import { TracebackFilter } from './traceback-filter.js';
import type { UartOutput } from './uart-output.js';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export class Console {
  readonly #output: UartOutput;
  readonly #keyboard: Keyboard;
  readonly #filter = new TracebackFilter();
  #captured: number[] | undefined;
  #toSkip = 0;
  #lastByte = 0;
  /** False once `os.dupterm(None, 1)` took the REPL off the UART. */
  attached = true;

  constructor(output: UartOutput, keyboard: Keyboard) {
    this.#output = output;
    this.#keyboard = keyboard;
    keyboard.beforeWaiting = () => this.flush();
  }

  /**
   * What the interpreter prints. On a board a newline leaves with a carriage return; this port adds it to
   * tracebacks and not to `print`.
   */
  write(bytes: Uint8Array): void {
    const cooked: number[] = [];
    for (const byte of bytes) {
      if (byte === NEWLINE && this.#lastByte !== CARRIAGE_RETURN) cooked.push(CARRIAGE_RETURN);
      cooked.push(byte);
      this.#lastByte = byte;
    }
    this.writeRaw(Uint8Array.from(cooked));
  }

  /** Bytes that leave as they are, as those of `sys.stdout.buffer` do. */
  writeRaw(bytes: Uint8Array): void {
    if (this.#captured) {
      this.#captured.push(...bytes);
      return;
    }
    const skipped = Math.min(this.#toSkip, bytes.length);
    this.#toSkip -= skipped;
    this.#send(this.#filter.feed(bytes.subarray(skipped)));
  }

  /** Prints text of the firmware around the interpreter. */
  print(text: string): void {
    this.write(new TextEncoder().encode(text));
  }

  /** Lets out what may have been the start of a shim's frame. */
  flush(): void {
    this.#send(this.#filter.flush());
  }

  /** The same, and waits until the line has it all. */
  handOver(): void {
    this.flush();
    this.#output.handOver();
  }

  get baudRate(): number {
    return this.#output.baudRate;
  }

  /** To be called just before the UART changes. */
  set baudRate(baudRate: number) {
    this.flush();
    this.#output.baudRate = baudRate;
  }

  /** Leaves out the next bytes that the interpreter writes. */
  skip(bytes: number): void {
    this.#toSkip = bytes;
  }

  /** @returns what the interpreter wrote while `act` ran, which is not printed */
  capture(act: () => void): string {
    this.#captured = [];
    try {
      act();
      return Buffer.from(this.#captured).toString('latin1');
    } finally {
      this.#captured = undefined;
    }
  }

  #send(bytes: Uint8Array): void {
    if (this.attached) this.#output.write(bytes, this.#keyboard);
  }
}
