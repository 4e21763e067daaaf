// The raw REPL of a board without a board: it takes code as MicroPython's documentation says, and a test gives the output.

import { FakePort } from './fake-port.js';

export const BANNER = 'raw REPL; CTRL-B to exit\r\n>';

/** A board as MicroPython's documentation describes it, with `window` bytes of raw-paste credit at a time. */
export class ScriptedBoard {
  readonly port: FakePort;
  /** Bytes that came while no credit was left. */
  overrun = 0;
  code = '';
  /** Takes this many bytes of a raw paste and no more, as when it runs out of memory. */
  pasteEndsAfter = Number.POSITIVE_INFINITY;
  readonly #run: (code: string) => string | undefined;
  readonly #pasteAnswer: string;
  readonly #window: number;
  #mode: 'friendly' | 'raw' | 'request' | 'paste' = 'friendly';
  #pending = '';
  #credit = 0;
  #consumed = 0;

  constructor(run: (code: string) => string | undefined, pasteAnswer: string, window = 32) {
    this.#run = run;
    this.#pasteAnswer = pasteAnswer;
    this.#window = window;
    this.port = new FakePort((bytes) => {
      for (const byte of bytes.toString('latin1')) this.#take(byte);
    });
  }

  #take(byte: string): void {
    if (this.#mode === 'paste') {
      this.#paste(byte);
      return;
    }
    if (byte === '\x03') this.port.send(this.#mode === 'raw' ? '' : '\r\n>>> ');
    else if (byte === '\x01' && this.#pending === '\x05A') this.#request();
    else if (byte === '\x01') this.#enterRaw();
    else if (byte === '\x02') this.#leaveRaw();
    else if (byte === '\x04' && this.#mode === 'raw') this.#end('OK');
    else this.#pending += byte;
    if (byte === '\x03' || byte === '\r') this.#pending = '';
  }

  #enterRaw(): void {
    this.#mode = 'raw';
    this.#pending = '';
    this.port.send(`\r\n${BANNER}`);
  }

  #leaveRaw(): void {
    this.#mode = 'friendly';
    this.port.send('\r\nMicroPython v1.27.0\r\n>>> ');
  }

  #request(): void {
    this.#pending = '';
    this.port.send(this.#pasteAnswer);
    if (this.#pasteAnswer !== 'R\x01') return;
    this.port.send(Uint8Array.of(this.#window & 255, this.#window >> 8, 0x01));
    this.#credit = 2 * this.#window;
    this.#consumed = 0;
    this.#mode = 'paste';
  }

  #paste(byte: string): void {
    if (byte === '\x04') {
      this.#mode = 'raw';
      this.#end(this.#consumed === this.pasteEndsAfter ? '' : '\x04');
      return;
    }
    if (this.#consumed === this.pasteEndsAfter) return; // until the host ends it too
    if (this.#credit-- <= 0) this.overrun++;
    this.#pending += byte;
    if (++this.#consumed === this.pasteEndsAfter) this.port.send('\x04');
    else if (this.#consumed % this.#window === 0) {
      this.#credit += this.#window;
      this.port.send('\x01');
    }
  }

  #end(acknowledge: string): void {
    this.code = this.#pending;
    this.#pending = '';
    const mark = /^print\('(in step \d+)'\)$/.exec(this.code)?.[1];
    if (mark) {
      this.port.send(`OK${mark}\r\n\x04\x04>`);
      return;
    }
    const output = this.#run(this.code);
    this.port.send(output === undefined ? acknowledge : `${acknowledge}${output}\x04>`);
  }
}
