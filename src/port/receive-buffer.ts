// Unread bytes of a port, and the pending read, as in serialport's bindings.

interface PendingRead {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly length: number;
  readonly resolve: (bytesRead: number) => void;
  readonly reject: (error: Error) => void;
}

export class ReceiveBuffer {
  readonly #chunks: Uint8Array[] = [];
  #unreadBytes = 0;
  #pending: PendingRead | undefined;
  #failure: Error | undefined;

  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** Adds bytes, and satisfies a read that waits. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes.slice());
    this.#unreadBytes += bytes.length;
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    pending.resolve(this.#take(pending.buffer, pending.offset, pending.length));
  }

  /**
   * Waits for at least one byte. What came in before the port failed can still be read.
   *
   * @returns how many bytes were put into `buffer`
   */
  read(buffer: Buffer, offset: number, length: number): Promise<number> {
    if (this.#chunks.length > 0) return Promise.resolve(this.#take(buffer, offset, length));
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#pending = { buffer, offset, length, resolve, reject };
    });
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#unreadBytes = 0;
  }

  /** From now on reads end with this error. */
  fail(error: Error): void {
    this.#failure = error;
    this.#pending?.reject(error);
    this.#pending = undefined;
  }

  #take(buffer: Buffer, offset: number, length: number): number {
    let count = 0;
    while (count < length) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const part = chunk.subarray(0, length - count);
      buffer.set(part, offset + count);
      count += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    this.#unreadBytes -= count;
    return count;
  }
}

/** What ends a pending read when the port is closed, as serialport's stream expects it. */
export function canceled(): Error {
  return Object.assign(new Error('Canceled'), { canceled: true });
}
