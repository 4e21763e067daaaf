// The memory that the main thread and the interpreter's worker share: the UART's receive ring, flags, one doorbell.
// Independent of the meaning of the bytes.

import { OutputRing } from './output-ring.js';

const WORDS = 16;
/** One slot stays empty, so that full and empty differ: 255 bytes fit, as in an ESP8266's `stdin_ringbuf`. */
const RING_SIZE = 256;

const DOORBELL = 0;
const HEAD = 1;
const TAIL = 2;
const INTERRUPT_CHAR = 3;
const INTERRUPT_PENDING = 4;
const INTERRUPT_AT = 5;
const WRITER_WAITS = 6;
const REPLIES = 7;
const READER_WAITS = 8;
const PROGRAM = 9;
const LISTENS = 10;
const STOPPED = 11;

/** Where the running program came from: a file, or a prompt. */
const PROGRAMS = ['file', 'friendly', 'raw'] as const;
export type ProgramOrigin = (typeof PROGRAMS)[number];

/** No byte on the UART interrupts, after `micropython.kbd_intr(-1)`. */
export const NO_INTERRUPT_CHAR = -1;

/** Unwinds the interpreter from where it waits: it is not meant to go on. */
export class InterpreterStopped extends Error {}

/** Both threads use the same buffer. Positions count bytes since the start, wrapping at 2^31. */
export class SharedMemory {
  readonly buffer: SharedArrayBuffer;
  readonly output: OutputRing;
  readonly #words: Int32Array;
  readonly #ring: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(WORDS * 4 + RING_SIZE + OutputRing.SIZE)) {
    this.buffer = buffer;
    this.output = new OutputRing(buffer, WORDS * 4 + RING_SIZE);
    this.#words = new Int32Array(buffer, 0, WORDS);
    this.#ring = new Uint8Array(buffer, WORDS * 4, RING_SIZE);
    if (this.#load(HEAD) === 0) this.interruptChar = NO_INTERRUPT_CHAR;
  }

  /** Wakes the worker: a byte, a socket, or output that has left. */
  ring(): void {
    Atomics.add(this.#words, DOORBELL, 1);
    Atomics.notify(this.#words, DOORBELL);
  }

  /** Take this before looking at what is awaited, and hand it to `waitForRing`: no ring is missed then. */
  get ringCount(): number {
    return this.#load(DOORBELL);
  }

  /** Blocks the calling thread until the doorbell has rung since `ringCount` was taken, or the time is over. */
  waitForRing(ringCount: number, timeoutMs: number): void {
    this.throwIfStopped(); // its ring may have come before the count was taken
    Atomics.wait(this.#words, DOORBELL, ringCount, timeoutMs);
    this.throwIfStopped();
  }

  /**
   * Replies have a separate signal: a program that waits on the doorbell makes calls meanwhile, and must not be
   * woken by the answers.
   */
  announceReply(): void {
    Atomics.add(this.#words, REPLIES, 1);
    Atomics.notify(this.#words, REPLIES);
  }

  get replyCount(): number {
    return this.#load(REPLIES);
  }

  waitForReply(replyCount: number): void {
    this.throwIfStopped();
    Atomics.wait(this.#words, REPLIES, replyCount);
    this.throwIfStopped();
  }

  /** Ends the interpreter where it waits, or waits next. */
  stop(): void {
    this.#store(STOPPED, 1);
    this.ring();
    this.announceReply();
  }

  /** @throws InterpreterStopped */
  throwIfStopped(): void {
    if (this.#load(STOPPED) === 1) throw new InterpreterStopped();
  }

  /** @returns false when the ring is full */
  push(byte: number): boolean {
    const head = this.#load(HEAD);
    if (((head - this.#load(TAIL)) & 0x7fffffff) >= RING_SIZE - 1) return false;
    this.#ring[head % RING_SIZE] = byte;
    this.#store(HEAD, (head + 1) & 0x7fffffff);
    return true;
  }

  shift(): number | undefined {
    const tail = this.#load(TAIL);
    if (tail === this.#load(HEAD)) return undefined;
    const byte = this.#ring[tail % RING_SIZE];
    this.#store(TAIL, (tail + 1) & 0x7fffffff);
    return byte;
  }

  get isEmpty(): boolean {
    return this.#load(TAIL) === this.#load(HEAD);
  }

  /** Bytes ever put into the ring, and ever taken out of it. */
  get pushed(): number {
    return this.#load(HEAD);
  }
  get shifted(): number {
    return this.#load(TAIL);
  }

  /** The byte that raises KeyboardInterrupt on its arrival instead of being received. */
  get interruptChar(): number {
    return this.#load(INTERRUPT_CHAR);
  }
  set interruptChar(byte: number) {
    this.#store(INTERRUPT_CHAR, byte);
  }

  /** @param position how many received bytes came before the interrupt */
  raiseInterrupt(position: number): void {
    this.#store(INTERRUPT_AT, position & 0x7fffffff);
    this.#store(INTERRUPT_PENDING, 1);
  }

  get isInterruptPending(): boolean {
    return this.#load(INTERRUPT_PENDING) === 1;
  }

  get interruptPosition(): number {
    return this.#load(INTERRUPT_AT);
  }

  /** @returns whether there was one */
  takeInterrupt(): boolean {
    return Atomics.exchange(this.#words, INTERRUPT_PENDING, 0) === 1;
  }

  /** The writer requests a signal when the ring has space. */
  requestSpace(): void {
    this.#store(WRITER_WAITS, 1);
  }

  /** @returns whether the writer has requested it; clears the request */
  takeAskForSpace(): boolean {
    return Atomics.exchange(this.#words, WRITER_WAITS, 0) === 1;
  }

  /** The program is in a read that has not got its byte yet: if none is taken, it is not the program's doing. */
  get readerWaits(): boolean {
    return this.#load(READER_WAITS) === 1;
  }
  set readerWaits(waits: boolean) {
    this.#store(READER_WAITS, waits ? 1 : 0);
  }

  get program(): ProgramOrigin {
    return PROGRAMS[this.#load(PROGRAM)] ?? 'file';
  }
  set program(origin: ProgramOrigin) {
    this.#store(PROGRAM, PROGRAMS.indexOf(origin));
  }

  /** The first program or the prompt has started: before that the UART is not set up. */
  get listens(): boolean {
    return this.#load(LISTENS) === 1;
  }

  /** @returns whether it did not listen before */
  listen(): boolean {
    return Atomics.exchange(this.#words, LISTENS, 1) === 0;
  }

  /** The worker was ended in the middle of anything; what was received and not read stays. */
  forgetWorker(): void {
    this.interruptChar = NO_INTERRUPT_CHAR;
    for (const index of [INTERRUPT_PENDING, WRITER_WAITS, READER_WAITS, STOPPED]) this.#store(index, 0);
    this.output.take();
  }

  #load(index: number): number {
    return Atomics.load(this.#words, index);
  }

  #store(index: number, value: number): void {
    Atomics.store(this.#words, index, value);
  }
}
