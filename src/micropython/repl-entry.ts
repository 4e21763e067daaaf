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
/** A board that boots sends something within this time. */
const BOOT_IDLE_MS = 1500;
const INTERRUPT_BURST = CTRL_C.repeat(23); // 2 ms of the line
const BURST_EVERY_MS = 2;

/** No further round of tries begins after this; the last one takes 5 s at the most. */
const ENTRY_TIMEOUT_MS = 14_000;

/** A ROM that finds nothing to start says so for ever; no try changes that. */
const NOTHING_TO_START = 'invalid header: 0x';
const COMPLAINTS_OF_A_STUCK_ROM = 3;
const READABLE = /[ -~]{4}/;

let marks = 0;

/** How a board was before it was entered. */
export interface Entered {
  /** It was at its prompt: no program was interrupted. */
  readonly wasIdle: boolean;
}

/**
 * Interrupts what runs on the board and enters the raw REPL.
 * @throws PortalError `repl-…` after 20 s at the most, see whyNoPrompt; `port-lost`; the signal's reason
 */
export async function enterRawRepl(port: Port, signal?: AbortSignal): Promise<Entered> {
  const entry = new Entry(port, signal);
  const deadline = performance.now() + ENTRY_TIMEOUT_MS;
  if (await entry.tryRepeatedly()) return { wasIdle: entry.wasIdle };
  const before = entry.takeHeard();
  if (!isStuckRom(before)) {
    await playReset(port, RUN, signal);
    await entry.interruptBoot();
    // A board that has something to say may still be on its way to where it listens.
    while (entry.hasText && !entry.isHopeless && performance.now() < deadline) {
      if (await entry.tryRepeatedly()) return { wasIdle: false };
    }
  }
  const booting = entry.takeHeard();
  const isLoader = await answersAsLoader(port, signal);
  throw whyNoPrompt(port, { running: before, booting, isLoader });
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
  /** What the board said instead of letting us in. */
  #heard: Uint8Array[] = [];

  constructor(port: Port, signal: AbortSignal | undefined) {
    this.#reader = ByteReader.of(port);
    this.#signal = signal;
  }

  get hasText(): boolean {
    return READABLE.test(latin1(Buffer.concat(this.#heard)));
  }

  get isHopeless(): boolean {
    return isStuckRom(Buffer.concat(this.#heard));
  }

  takeHeard(): Uint8Array {
    const heard = Buffer.concat(this.#heard);
    this.#heard = [];
    return heard;
  }

  /** A board without a sign of life is not asked a second time. */
  async tryRepeatedly(): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES_BEFORE_RESET; attempt++) {
      if (await this.#try()) return true;
      if (this.#heard.every(({ length }) => length === 0) || this.isHopeless) return false;
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
    await this.#write(`\r${CTRL_A}print('${mark}')${CTRL_D}`);
    // Each for itself: the SDK may print in between.
    for (const part of [`${mark}\r\n`, CTRL_D, CTRL_D, '>']) {
      if ((await this.#readUntil(part, ANSWER_TIMEOUT_MS)) === undefined) return false;
    }
    return true;
  }

  /** Sends Ctrl-C from the moment in which the chip starts. */
  async interruptBoot(): Promise<void> {
    const deadline = performance.now() + BOOT_INTERRUPTS_MS;
    let heardAt = performance.now();
    let heardBytes = 0;
    while (performance.now() < Math.min(deadline, heardAt + BOOT_IDLE_MS)) {
      await this.#write(INTERRUPT_BURST);
      if ((await this.#readUntil(FRIENDLY_PROMPT, BURST_EVERY_MS)) !== undefined) return;
      const total = this.#heard.reduce((sum, { length }) => sum + length, 0);
      if (total > heardBytes) heardAt = performance.now();
      heardBytes = total;
      if (this.isHopeless) return;
    }
  }

  /** @returns what came up to and with the marker; `undefined` without it */
  async #readUntil(marker: string, timeoutMs: number): Promise<string | undefined> {
    const { bytes, end } = await this.#reader.readUntil(marker, { timeoutMs, signal: this.#signal });
    this.#heard.push(bytes);
    return end === 'found' ? latin1(bytes) : undefined;
  }

  async #write(text: string): Promise<void> {
    await this.#reader.port.write(Buffer.from(text, 'latin1'));
  }
}

function isStuckRom(heard: Uint8Array): boolean {
  return latin1(heard).split(NOTHING_TO_START).length > COMPLAINTS_OF_A_STUCK_ROM;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
