// The way into a board's raw REPL, from whatever state the board is in.

import { answersAsLoader } from '../esp/loader-probe.js';
import { playReset, RUN } from '../esp/resets.js';
import { ByteReader } from '../port/byte-reader.js';
import type { Port } from '../port/port.js';
import { whyNoPrompt } from './repl-diagnosis.js';

const CTRL_A = '\x01'; // enter the raw REPL
const CTRL_C = '\x03'; // interrupt
const CTRL_D = '\x04'; // end of code

const FRIENDLY_PROMPT = '>>> ';

/** A program may take a second to clean up after Ctrl-C before its prompt comes. */
const PROMPT_TIMEOUT_MS = 1000;
const ANSWER_TIMEOUT_MS = 500;

/** Boards that swallow an interrupt are reset after this many tries, then interrupted while they boot. */
const TRIES_BEFORE_RESET = 3;
/**
 * While a board boots, what it does before it restarts again may take a few milliseconds, and only then a Ctrl-C counts:
 * they come without a gap. Those that nobody reads are lost in its buffer.
 */
const BOOT_INTERRUPTS_MS = 3000;
const INTERRUPT_BURST = CTRL_C.repeat(23); // 2 ms of the line
const BURST_EVERY_MS = 2;

/** No further round of tries begins after this; the last one takes 5 s at the most. */
const ENTRY_TIMEOUT_MS = 14_000;

let marks = 0;

/**
 * Interrupts what runs on the board and enters the raw REPL.
 * @throws PortalError `repl-…` after 20 s at the most, see whyNoPrompt; `port-lost`; the signal's reason
 */
export async function enterRawRepl(port: Port, signal?: AbortSignal): Promise<void> {
  const entry = new Entry(port, signal);
  const deadline = performance.now() + ENTRY_TIMEOUT_MS;
  if (await entry.tryRepeatedly()) return;
  const before = entry.takeHeard();
  await playReset(port, RUN, signal);
  await entry.interruptBoot();
  do {
    if (await entry.tryRepeatedly()) return;
    // A board that has something to say may still be on its way to where it listens.
  } while (entry.hasHeard && performance.now() < deadline);
  const booting = entry.takeHeard();
  const isLoader = await answersAsLoader(port, signal);
  throw whyNoPrompt(port.name, { running: before, booting, isLoader });
}

class Entry {
  readonly #reader: ByteReader;
  readonly #signal: AbortSignal | undefined;
  /** What the board said instead of letting us in. */
  #heard: Uint8Array[] = [];

  constructor(port: Port, signal: AbortSignal | undefined) {
    this.#reader = ByteReader.of(port);
    this.#signal = signal;
  }

  get hasHeard(): boolean {
    return this.#heard.some(({ length }) => length > 0);
  }

  takeHeard(): Uint8Array {
    const heard = Buffer.concat(this.#heard);
    this.#heard = [];
    return heard;
  }

  async tryRepeatedly(): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES_BEFORE_RESET; attempt++) {
      if (await this.#try()) return true;
    }
    return false;
  }

  async #try(): Promise<boolean> {
    await this.#reader.discard();
    // Alone: a line end would run a half-typed line, and a second Ctrl-C would end a program's cleaning up.
    await this.#write(CTRL_C);
    // A raw REPL left open shows no prompt, so going on without one is right.
    await this.#readUntil(FRIENDLY_PROMPT, PROMPT_TIMEOUT_MS);
    // What earlier tries provoked may still be on its way; the answer to this mark comes behind all of it.
    const mark = `in step ${++marks}`;
    await this.#write(`\r${CTRL_A}print('${mark}')${CTRL_D}`);
    return this.#readUntil(`OK${mark}\r\n${CTRL_D}${CTRL_D}>`, ANSWER_TIMEOUT_MS);
  }

  /** Sends Ctrl-C from the moment in which the chip starts. */
  async interruptBoot(): Promise<void> {
    const deadline = performance.now() + BOOT_INTERRUPTS_MS;
    while (performance.now() < deadline) {
      await this.#write(INTERRUPT_BURST);
      if (await this.#readUntil(FRIENDLY_PROMPT, BURST_EVERY_MS)) return;
    }
  }

  async #readUntil(marker: string, timeoutMs: number): Promise<boolean> {
    const { bytes, end } = await this.#reader.readUntil(marker, { timeoutMs, signal: this.#signal });
    this.#heard.push(bytes);
    return end === 'found';
  }

  async #write(text: string): Promise<void> {
    await this.#reader.port.write(Buffer.from(text, 'latin1'));
  }
}
