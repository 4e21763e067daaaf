// The receive interrupt of the virtual chip's UART where time counts: what the buffer has no room for is lost.
// Runs on the main thread, whatever the interpreter is doing.

import { type Clock, SYSTEM_CLOCK } from '../../clock.js';
import type { SharedMemory } from '../shared-memory.js';

/** The rate for which the following numbers of bytes are; at others they are as many times larger. */
const BAUD_RATE = 115200;
/** What comes at once and is no more than this was on time: 5 ms of the line. */
const ON_TIME_BYTES = 64;
/** The rest was delayed in this computer, not on the wire: it arrives in such steps, at about twice the line's speed. */
const LATE_STEP_MS = 2;
const LATE_STEP_BYTES = 46;
/** Bytes at once for a program that reads, so that they cannot overrun the buffer. */
const HALF_FULL_BYTES = 128;
/**
 * A buffer that is full for this long without a single byte being read belongs to a program that is busy; for less,
 * it may be this computer that did not let the program run. A program that waits in a read is never busy.
 */
const PATIENCE_MS = 10;
/** More than comes in meanwhile. */
const PATIENCE_BYTES = 128;

/**
 * Puts bytes into the ring as `uart0_rx_intr_handler` does: the interrupt character is acted on when it arrives and
 * never enters the ring; a byte that finds the ring full is dropped.
 */
export class LossyUartInput {
  readonly #memory: SharedMemory;
  readonly #clock: Clock;
  /** Bytes that this computer delivered too late to have come together. */
  #late: number[] = [];
  #cancelLateStep: (() => void) | undefined;
  /** How much had been read when the last step was made. */
  #readAtLastStep = 0;
  /** Bytes that found the ring full, until it is known whether the program is to blame. */
  #held: number[] = [];
  #cancelPatience: (() => void) | undefined;
  /** Whether the program that left the ring full loses bytes; valid until there is space again. */
  #isOverrun = false;
  #timesFaster = 1;

  constructor(memory: SharedMemory, clock: Clock = SYSTEM_CLOCK) {
    this.#memory = memory;
    this.#clock = clock;
  }

  setBaudRate(baudRate: number): void {
    this.#timesFaster = baudRate / BAUD_RATE;
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === this.#memory.interruptChar) {
        this.#memory.raiseInterrupt(this.#memory.pushed + this.#held.length + this.#late.length);
      } else {
        this.#late.push(byte);
      }
    }
    if (this.#cancelLateStep === undefined) this.#arrive(ON_TIME_BYTES * this.#timesFaster);
    this.#scheduleLateStep();
    this.#memory.ring();
  }

  /** To be called when the worker made space. */
  feed(): void {
    this.#moveHeld();
    this.#memory.ring();
  }

  stop(): void {
    this.#cancelLateStep?.();
    this.#cancelPatience?.();
  }

  #arrive(maxBytes: number): void {
    const arriving = this.#late.slice(0, Math.ceil(maxBytes));
    this.#late = this.#late.slice(arriving.length);
    this.#moveHeld();
    for (const byte of arriving) {
      if (this.#held.length === 0 && this.#memory.push(byte)) this.#isOverrun = false;
      else if (this.#memory.readerWaits) this.#held.push(byte);
      else if (!this.#isOverrun && this.#held.length < PATIENCE_BYTES) this.#held.push(byte);
    }
    if (this.#held.length > 0) this.#bePatient();
  }

  #scheduleLateStep(): void {
    if (this.#late.length === 0 || this.#cancelLateStep !== undefined) return;
    this.#readAtLastStep = this.#memory.shifted;
    this.#cancelLateStep = this.#clock.setTimer(() => {
      this.#cancelLateStep = undefined;
      const { isEmpty, readerWaits, shifted } = this.#memory;
      const reads = isEmpty || readerWaits || shifted !== this.#readAtLastStep;
      const used = (this.#memory.pushed - this.#memory.shifted) & 0x7fffffff;
      this.#arrive(reads ? Math.max(0, HALF_FULL_BYTES - used) : LATE_STEP_BYTES * this.#timesFaster);
      this.#scheduleLateStep();
      this.#memory.ring();
    }, LATE_STEP_MS);
  }

  #moveHeld(): void {
    const full = this.#held.findIndex((byte) => !this.#memory.push(byte));
    this.#held = full < 0 ? [] : this.#held.slice(full);
  }

  #bePatient(): void {
    this.#memory.requestSpace();
    if (this.#cancelPatience !== undefined) return;
    const readBefore = this.#memory.shifted;
    this.#cancelPatience = this.#clock.setTimer(() => {
      this.#cancelPatience = undefined;
      if (this.#memory.shifted === readBefore && !this.#memory.readerWaits) this.#drop();
      else this.#moveHeld();
      if (this.#held.length > 0) this.#bePatient();
      this.#memory.ring();
    }, PATIENCE_MS);
  }

  #drop(): void {
    this.#isOverrun = true;
    this.#held = [];
    // A Ctrl-C behind what is now lost comes right after what was kept.
    const { pushed, interruptPosition } = this.#memory;
    const isAhead = ((interruptPosition - pushed) & 0x7fffffff) < 0x3fffffff;
    if (this.#memory.isInterruptPending && isAhead) this.#memory.raiseInterrupt(pushed);
  }
}
