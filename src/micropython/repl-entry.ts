// Enters a board's raw REPL from any state of the board.

import { assemble } from '../board-scripts/python-source.js';
import echo from '../board-scripts/session/echo.py';
import { answersAsLoader } from '../esp/loader-probe.js';
import { RUN, runResetSequence } from '../esp/resets.js';
import { bootTextsIn } from '../log/boot/boot-texts.js';
import { ByteReader } from '../port/byte-reader.js';
import { answerTimeout, type Port } from '../port/port.js';
import { diagnoseRepl } from './repl-diagnosis.js';

const CTRL_A = '\x01'; // enter the raw REPL
const CTRL_C = '\x03'; // interrupt
const CTRL_D = '\x04'; // end of code

const FRIENDLY_PROMPT = '>>> ';

/** A program may take a second to clean up after Ctrl-C before its prompt comes. */
const PROMPT_TIMEOUT_MS = 1000;
const ANSWER_TIMEOUT_MS = 500;

/** Boards that ignore an interrupt are reset after this many tries, then interrupted while they boot. */
const TRIES_BEFORE_RESET = 3;
/**
 * In a boot loop, Ctrl-C has an effect only in the few milliseconds between boot and restart:
 * they come without a gap. Those that the board does not read are dropped in its buffer.
 */
const BOOT_INTERRUPTS_MS = 3000;
/** A board that boots sends something within this time. */
const BOOT_IDLE_MS = 1500;
const INTERRUPT_BURST = CTRL_C.repeat(23); // 2 ms of the line
const BURST_EVERY_MS = 2;

/** No further round of tries begins after this; the last one takes 5 s at the most. */
const ENTRY_TIMEOUT_MS = 14_000;

/** A ROM without firmware repeats its message without end; further attempts cannot succeed. */
const COMPLAINTS_OF_A_STUCK_ROM = 3;
/** Enough to diagnose the board; 5 s at 115200 baud. */
const MAX_OUTPUT_BYTES = 64 * 1024;
const READABLE = /[ -~]{4}/;

let marks = 0;

/** How a board was before it was entered. */
export interface Entered {
  /** It was at its prompt: no program was interrupted. */
  readonly wasIdle: boolean;
}

/**
 * Interrupts what runs on the board and enters the raw REPL.
 * @throws PortalError `repl-…` after 20 s at most, see diagnoseRepl; `port-lost`; the signal's reason
 */
export async function enterRawRepl(port: Port, signal?: AbortSignal): Promise<Entered> {
  const entry = new Entry(port, signal);
  const deadline = performance.now() + ENTRY_TIMEOUT_MS;
  if (await entry.tryRepeatedly()) return { wasIdle: entry.wasIdle };
  const before = entry.takeOutput();
  if (!isStuckRom(before)) {
    await runResetSequence(port, RUN, signal);
    await entry.interruptBoot();
    // A board that sends data may not have reached the code that reads the UART.
    while (entry.hasText && !entry.isBootLoop && performance.now() < deadline) {
      if (await entry.tryRepeatedly()) return { wasIdle: false };
    }
  }
  const booting = entry.takeOutput();
  const isLoader = await answersAsLoader(port, signal);
  throw diagnoseRepl(port, { running: before, booting, isLoader });
}

/**
 * Enters the raw REPL of a board that is being restarted, before its main.py runs.
 * @throws as enterRawRepl
 */
export async function enterWhileBooting(port: Port, signal?: AbortSignal): Promise<void> {
  await new Entry(port, signal).interruptBoot();
  await enterRawRepl(port, signal);
}

class Entry {
  /** The last try found the board at its prompt. */
  wasIdle = false;
  readonly #reader: ByteReader;
  readonly #signal: AbortSignal | undefined;
  /** The last that the board sent instead of its prompt. */
  #output: Buffer = Buffer.alloc(0);
  #outputBytes = 0;

  constructor(port: Port, signal: AbortSignal | undefined) {
    this.#reader = ByteReader.of(port);
    this.#signal = signal;
  }

  get hasText(): boolean {
    return READABLE.test(latin1(this.#output));
  }

  get isBootLoop(): boolean {
    return isStuckRom(this.#output);
  }

  takeOutput(): Uint8Array {
    const output = this.#output;
    this.#output = Buffer.alloc(0);
    return output;
  }

  /** A board that sends nothing is not tried a second time. */
  async tryRepeatedly(): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES_BEFORE_RESET; attempt++) {
      if (await this.#try()) return true;
      if (this.#output.length === 0 || this.isBootLoop) return false;
    }
    return false;
  }

  async #try(): Promise<boolean> {
    await this.#reader.discard();
    // Alone: a line end would run a half-typed line, and a second Ctrl-C would end a program's cleaning up.
    await this.#write(CTRL_C);
    // A raw REPL left open shows no prompt, so going on without one is right.
    const prompt = await this.#readUntil(FRIENDLY_PROMPT, PROMPT_TIMEOUT_MS);
    this.wasIdle = prompt?.trim() === FRIENDLY_PROMPT.trim();
    // What earlier tries provoked may still be on its way; the answer to this mark comes behind all of it.
    const mark = `in step ${++marks}`;
    await this.#write(`\r${CTRL_A}${assemble([echo], { MARK: mark })}${CTRL_D}`);
    // One by one: the SDK may print in between.
    for (const part of [`${mark}\r\n`, CTRL_D, CTRL_D, '>']) {
      if ((await this.#readUntil(part, ANSWER_TIMEOUT_MS)) === undefined) return false;
    }
    return true;
  }

  /** Sends Ctrl-C from the moment in which the chip starts. */
  async interruptBoot(): Promise<void> {
    const { port } = this.#reader;
    const deadline = performance.now() + answerTimeout(port, BOOT_INTERRUPTS_MS);
    const idleMs = answerTimeout(port, BOOT_IDLE_MS);
    let lastByteAt = performance.now();
    while (performance.now() < Math.min(deadline, lastByteAt + idleMs)) {
      const before = this.#outputBytes;
      await this.#write(INTERRUPT_BURST);
      const prompt = await this.#readUntil(FRIENDLY_PROMPT, BURST_EVERY_MS, { isPace: true });
      if (prompt !== undefined) return;
      if (this.#outputBytes > before) lastByteAt = performance.now();
      if (this.isBootLoop) return;
    }
  }

  /** @returns what came up to and with the marker; `undefined` without it */
  async #readUntil(
    marker: string,
    timeoutMs: number,
    pace: { isPace?: true } = {},
  ): Promise<string | undefined> {
    const wait = { timeoutMs, signal: this.#signal, ...pace };
    const { bytes, end } = await this.#reader.readUntil(marker, wait);
    this.#output = Buffer.concat([this.#output, bytes]).subarray(-MAX_OUTPUT_BYTES);
    this.#outputBytes += bytes.length;
    return end === 'found' ? latin1(bytes) : undefined;
  }

  async #write(text: string): Promise<void> {
    await this.#reader.port.write(Buffer.from(text, 'latin1'));
  }
}

function isStuckRom(output: Uint8Array): boolean {
  const complaints = bootTextsIn(latin1(output)).filter(({ kind }) => kind === 'no-firmware');
  return complaints.length >= COMPLAINTS_OF_A_STUCK_ROM;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
