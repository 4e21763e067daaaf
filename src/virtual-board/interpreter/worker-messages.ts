// Messages between the interpreter's worker and the main thread. Types only.

import type { BuildFacts } from '../chips/chip-model.js';
import type { AirNetwork } from '../radio/air.js';
import type { ApSettings, Chip, RadioInterface, RadioState } from '../radio/radio.js';
import type { ProgramOrigin } from './shared-memory.js';

/** Received bytes, with the port they came from. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly port: number;
}

/** A connection that was waiting at a listener. */
export interface Accepted {
  readonly id: number;
  readonly port: number;
}

/**
 * Functions that the board calls on the main thread. The worker waits for each result, so none may take long: what blocks
 * a program is a loop in the worker, which Ctrl-C ends. A negative number is an errno of MicroPython's.
 */
export interface HostCalls {
  requestReset(): void;
  setUartRate(baudRate: number): void;
  losePower(): void;

  radioState(): RadioState;
  setActive(which: RadioInterface, active: boolean): void;
  /** Without arguments: with what the SDK remembers. */
  connect(credentials: { ssid: string; password: string } | undefined): void;
  disconnect(): void;
  scan(): readonly AirNetwork[];
  configureAp(settings: Partial<ApSettings>): void;
  setAddress(which: RadioInterface, address: readonly string[]): void;

  /** Who a packet comes from: a client of the access point, or of the router. */
  clientAddress(): string;
  openSocket(kind: 'tcp' | 'udp'): number;
  bind(id: number, port: number): Promise<number>;
  listen(id: number, backlog: number): Promise<number>;
  accept(id: number): Accepted | number;
  /** No bytes: the other side has closed. */
  receive(id: number, maxBytes: number, peek: boolean): Datagram | number;
  /** @returns how many bytes were taken */
  send(id: number, bytes: Uint8Array): number;
  sendTo(id: number, bytes: Uint8Array, port: number): Promise<number>;
  /** For each socket the bits of `select`: 1 readable, 4 writable, 8 error, 16 hang-up. */
  poll(ids: readonly number[]): number[];
  close(id: number): void;
  /** What the garbage collector does to them at a soft reset. */
  closeAll(): void;
}

/** What the worker is given for an interpreter. */
export interface WorkerData {
  readonly memory: SharedArrayBuffer;
  readonly replies: import('node:worker_threads').MessagePort;
  readonly facts: MachineFacts;
  /** Where the program came from that a Ctrl-C ended, and the interpreter with it. */
  readonly interrupted: ProgramOrigin | undefined;
}

/** Where files are kept, and at which change of them the power fails, if it does. */
export interface FilesFacts {
  readonly folder: string;
  readonly capacityBytes: number;
  readonly powerCutAtChange?: number | undefined;
}

/** Facts about the board for its programs. Plain data. */
export interface MachineFacts {
  readonly chip: Chip;
  readonly build: BuildFacts;
  /** MicroPython's version and the day it was built, e.g. `1.27.0` and `2025-12-09`. */
  readonly version: string;
  readonly buildDate: string;
  readonly buildName: string | undefined;
  /** The module of its interpreter. */
  readonly runtimePath: string;
  /** REASON_… of the SDK: 0 power on, 4 software, 6 reset pin. */
  readonly resetCause: number;
  readonly mac: readonly number[];
  readonly flashSizeBytes: number;
  /** Undefined: this firmware has no filesystem. */
  readonly files: FilesFacts | undefined;
  /** Of the UART when the interpreter starts; whether output takes its time on the line. */
  readonly baudRate: number;
  readonly isPaced: boolean;
  /** How long a scan takes. */
  readonly scanMs: number;
  /** Ten for a board on which all work takes ten times as long as on a chip. */
  readonly timesSlower: number;
}

export type ToHost =
  /** There is some in the ring of output. */
  | { readonly kind: 'output' }
  | { readonly kind: 'ring-has-space' }
  /** After `SharedMemory.stop`: another interpreter may start in this thread. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'call'; readonly name: keyof HostCalls; readonly args: readonly unknown[] };

export type Reply = { readonly value: unknown } | { readonly error: string };
