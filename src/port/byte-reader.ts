// Reads a port's bytes for protocols: up to a marker, by count, with push-back. Every wait has an overall deadline, an
// optional idle timeout and a signal, and keeps a limited number of bytes. Independent of the protocol.

import { answerTimeout, type Port } from './port.js';

/** A board at 115200 baud needs 90 s to send as much. */
const MAX_BYTES = 1024 * 1024;

/** How long to wait for bytes. */
export interface Wait {
  /** For all of it, however much comes. */
  readonly timeoutMs: number;
  /** Since the last byte; without it only `timeoutMs` counts. */
  readonly idleMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** For the answer of a board; what the network to its port takes is added. */
interface AnswerWait extends Wait {
  /** Waits for no answer, only for the time of the next write: nothing is added. */
  readonly isPace?: true | undefined;
}

/** What was read, and why the reading ended. */
export interface ReadResult {
  readonly bytes: Uint8Array;
  readonly end: 'found' | 'timeout' | 'idle' | 'size';
}

interface UntilWait extends AnswerWait {
  /** Give up after so many bytes without the marker. */
  readonly maxBytes?: number | undefined;
}

type Marker = string | number;

const readers = new WeakMap<Port, ByteReader>();

/** The one reader of a port: what one protocol has left unread is the next one's first. */
export class ByteReader {
  readonly port: Port;
  #unread: Uint8Array[] = [];

  private constructor(port: Port) {
    this.port = port;
  }

  static of(port: Port): ByteReader {
    const reader = readers.get(port) ?? new ByteReader(port);
    readers.set(port, reader);
    return reader;
  }

  /**
   * Takes all bytes received so far, waiting for the first.
   * @returns at least one byte, or `undefined` when the time ran out
   * @throws PortalError `port-lost`; the signal's reason
   */
  async read({ timeoutMs, idleMs = timeoutMs, signal }: Wait): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted();
    if (this.#unread.length === 0) {
      return this.port.read({ timeoutMs: Math.max(0, Math.min(timeoutMs, idleMs)), signal });
    }
    const bytes = Buffer.concat(this.#unread);
    this.#unread = [];
    return bytes;
  }

  /** Puts bytes back, so that the next read returns them first. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#unread.unshift(bytes);
  }

  /** Drops what has been received so far. */
  async discard(): Promise<void> {
    this.#unread = [];
    await this.port.read({ timeoutMs: 0 });
  }

  /**
   * Reads until a marker has come; what follows it stays unread.
   * @param markers Latin-1 text or bytes, of which the first to end counts
   * @returns all bytes up to and with the marker, or what came until the wait ended
   * @throws PortalError `port-lost`; the signal's reason
   */
  async readUntil(
    markers: Marker | readonly Marker[],
    { maxBytes = MAX_BYTES, ...wait }: UntilWait,
  ): Promise<ReadResult> {
    const wanted = [markers]
      .flat()
      .map((marker) => (typeof marker === 'string' ? Buffer.from(marker, 'latin1') : Buffer.of(marker)));
    return this.#collect(wait, maxBytes, (bytes, from) => {
      const ends = wanted.flatMap((marker) => {
        const at = bytes.indexOf(marker, Math.max(0, from - marker.length + 1));
        return at < 0 ? [] : [at + marker.length];
      });
      return ends.length > 0 ? Math.min(...ends) : undefined;
    });
  }

  /**
   * Reads `count` bytes, fewer when the wait ends first.
   * @throws PortalError `port-lost`; the signal's reason
   */
  async readExactly(count: number, wait: AnswerWait): Promise<Uint8Array> {
    const { bytes } = await this.#collect(wait, count, ({ length }) => (length >= count ? count : undefined));
    return bytes;
  }

  /**
   * Drops bytes until none has come for `idleMs`.
   * @returns false when they still came at the deadline
   */
  async drain(wait: Wait & { idleMs: number }): Promise<boolean> {
    const { timeoutMs, idleMs = timeoutMs, signal } = this.#onTheWay(wait);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return false;
      if (!(await this.read({ timeoutMs: leftMs, idleMs, signal }))) return leftMs >= idleMs;
    }
  }

  /** @param endOf returns the length of the wanted data once it is complete; called with the start of the new bytes */
  async #collect(
    wait: AnswerWait,
    maxBytes: number,
    endOf: (bytes: Buffer, from: number) => number | undefined,
  ): Promise<ReadResult> {
    const { timeoutMs, idleMs, signal } = this.#onTheWay(wait);
    const deadline = performance.now() + timeoutMs;
    let bytes = Buffer.alloc(0);
    // Bytes that were received before are checked even without time to wait.
    for (let leftMs = timeoutMs; leftMs > 0 || bytes.length === 0; leftMs = deadline - performance.now()) {
      const chunk = await this.read({ timeoutMs: Math.max(0, leftMs), idleMs, signal });
      if (!chunk) return { bytes, end: idleMs !== undefined && idleMs < leftMs ? 'idle' : 'timeout' };
      const from = bytes.length;
      bytes = Buffer.concat([bytes, chunk]);
      const end = endOf(bytes, from);
      if (end !== undefined) {
        this.unread(bytes.subarray(end));
        return { bytes: bytes.subarray(0, end), end: 'found' };
      }
      if (bytes.length >= maxBytes) return { bytes, end: 'size' };
    }
    return { bytes, end: 'timeout' };
  }

  #onTheWay({ timeoutMs, idleMs, isPace, signal }: AnswerWait): Wait {
    if (isPace) return { timeoutMs, idleMs, signal };
    return {
      timeoutMs: answerTimeout(this.port, timeoutMs),
      idleMs: idleMs === undefined ? undefined : answerTimeout(this.port, idleMs),
      signal,
    };
  }
}
