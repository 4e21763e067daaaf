// Output on its way from the interpreter's thread to the main one: what is written before the other has come to it goes as
// one. `print` writes its arguments, and a number its digits, one by one.

const HEAD = 0;
const TAIL = 1;
const ANNOUNCED = 2;
const WORDS = 3;
/** Positions count bytes since the start, wrapping at 2^31. */
const POSITION = 0x7fffffff;

export class OutputRing {
  /** How much it holds: a power of two. */
  static readonly BYTES = 4096;
  /** What it takes of a shared buffer. */
  static readonly SIZE = WORDS * 4 + OutputRing.BYTES;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  /** @param offset a multiple of 4 */
  constructor(buffer: SharedArrayBuffer, offset: number) {
    this.#words = new Int32Array(buffer, offset, WORDS);
    this.#bytes = new Uint8Array(buffer, offset + WORDS * 4, OutputRing.BYTES);
  }

  /** Bytes that the main thread has not taken. */
  get length(): number {
    return (Atomics.load(this.#words, HEAD) - Atomics.load(this.#words, TAIL)) & POSITION;
  }

  /**
   * @param bytes for which there is room
   * @returns whether the main thread has to be told: it comes for earlier ones otherwise
   */
  put(bytes: Uint8Array): boolean {
    const head = Atomics.load(this.#words, HEAD);
    const at = head % OutputRing.BYTES;
    const first = bytes.subarray(0, OutputRing.BYTES - at);
    this.#bytes.set(first, at);
    this.#bytes.set(bytes.subarray(first.length), 0);
    Atomics.store(this.#words, HEAD, (head + bytes.length) & POSITION);
    return Atomics.exchange(this.#words, ANNOUNCED, 1) === 0;
  }

  /** @returns all that is there */
  take(): Uint8Array {
    Atomics.store(this.#words, ANNOUNCED, 0); // first: what comes from now on is announced again
    const bytes = new Uint8Array(this.length);
    const at = Atomics.load(this.#words, TAIL) % OutputRing.BYTES;
    const first = this.#bytes.subarray(at, at + bytes.length);
    bytes.set(first);
    bytes.set(this.#bytes.subarray(0, bytes.length - first.length), first.length);
    Atomics.store(this.#words, TAIL, (Atomics.load(this.#words, TAIL) + bytes.length) & POSITION);
    return bytes;
  }
}
