// The one way from Python to the host: a device file of the interpreter. A read from it is a call, with the request in
// the frame that is read into and the answer in its place. Bytes cross, never an object.

import { InterpreterStopped } from '../shared-memory.js';

/** Where Python opens it; see shims/internal/_board.py for its side of the layout. */
export const CHANNEL_PATH = '/dev/board';

const TAKE_PENDING = 0;
const NUMBER = 1;
const TEXT = 2;
const BYTES = 3;
const ERROR = 4;
/** Kind and length of what follows. */
const HEADER_BYTES = 5;

interface Values {
  readonly number: number;
  readonly text: string;
  readonly bytes: Uint8Array;
}
type Kind = keyof Values;
// biome-ignore lint/suspicious/noConfusingVoidType: what a function returns that returns nothing
type Answer = number | boolean | string | Uint8Array | void;

/** A function that Python may call, with the kinds of its parameters: code on the board may pass anything. */
export interface HostFunction {
  readonly parameters: readonly Kind[];
  readonly run: (args: readonly Values[Kind][]) => Answer;
}

export function hostFunction<const K extends readonly Kind[]>(
  parameters: K,
  run: (...args: { [I in keyof K]: Values[K[I]] }) => Answer,
): HostFunction {
  type Arguments = { [I in keyof K]: Values[K[I]] };
  // `readArguments` has checked them against `parameters`.
  return { parameters, run: (args) => run(...(args as unknown as Arguments)) };
}

/** Answers frames. Python learns the functions' names, in the order of their numbers, from the first answer. */
export class HostChannel {
  #functions: readonly HostFunction[] = [];
  /** An answer that was longer than its frame, until a longer one fetches it. */
  #pending: { kind: number; bytes: Uint8Array } = { kind: TEXT, bytes: new Uint8Array() };

  constructor(functions: Readonly<Record<string, HostFunction>>) {
    this.connect(functions);
  }

  /** @param functions by the same names, where Python knows them already */
  connect(functions: Readonly<Record<string, HostFunction>>): void {
    this.#functions = Object.values(functions);
    this.#pending = { kind: TEXT, bytes: encode(JSON.stringify(Object.keys(functions))) };
  }

  /** The device, for Emscripten's `FS.registerDevice`. */
  get device() {
    return {
      /** Reports a full frame: otherwise MicroPython continues to read. */
      read: (_stream: unknown, memory: Int8Array, offset: number, length: number): number => {
        this.answer(new Uint8Array(memory.buffer, memory.byteOffset + offset, length));
        return length;
      },
      write: (_stream: unknown, _memory: Int8Array, _offset: number, length: number): number => length,
    };
  }

  /**
   * Puts the answer in the place of the request.
   * @throws InterpreterStopped, and nothing else: there is only WebAssembly to throw through
   */
  answer(frame: Uint8Array): void {
    if (frame.length < HEADER_BYTES) return;
    try {
      if (frame[0] !== TAKE_PENDING) this.#pending = this.#call(frame);
    } catch (error) {
      if (error instanceof InterpreterStopped) throw error;
      const text = error instanceof Error ? error.message : String(error);
      this.#pending = { kind: ERROR, bytes: encode(text) };
    }
    const { kind, bytes } = this.#pending;
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    view.setUint8(0, kind);
    if (kind === NUMBER) frame.set(bytes, 1);
    else view.setUint32(1, bytes.length, true);
    if (kind !== NUMBER && bytes.length <= frame.length - HEADER_BYTES) frame.set(bytes, HEADER_BYTES);
  }

  #call(frame: Uint8Array): { kind: number; bytes: Uint8Array } {
    const found = this.#functions[(frame[0] ?? 0) - 1];
    if (found === undefined) throw new Error('no such function');
    return inBytes(found.run(readArguments(frame, found.parameters)));
  }
}

/** @throws Error when they are not of these kinds, or leave the frame */
function readArguments(frame: Uint8Array, parameters: readonly Kind[]): Values[Kind][] {
  if (frame[1] !== parameters.length) throw new Error(`takes ${parameters.length} arguments`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  let at = 2;
  return parameters.map((kind) => {
    if (view.getUint8(at) !== { number: NUMBER, text: TEXT, bytes: BYTES }[kind])
      throw new Error(`needs ${kind}`);
    at += 1;
    if (kind === 'number') {
      at += 8;
      const number = view.getFloat64(at - 8, true);
      if (!Number.isFinite(number)) throw new Error('needs a finite number');
      return number;
    }
    const length = view.getUint32(at, true);
    at += 4 + length;
    if (at > frame.length) throw new Error('is outside its frame');
    // A copy: the interpreter's memory changes, and moves, once this call is answered.
    const bytes = frame.slice(at - length, at);
    return kind === 'text' ? new TextDecoder().decode(bytes) : bytes;
  });
}

function inBytes(answer: Answer): { kind: number; bytes: Uint8Array } {
  if (typeof answer === 'string') return { kind: TEXT, bytes: encode(answer) };
  if (answer instanceof Uint8Array) return { kind: BYTES, bytes: answer };
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, Number(answer ?? 0), true);
  return { kind: NUMBER, bytes };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
