// A FakePort whose board sends as fast as it is read.

import { FakePort } from './fake-port.js';

const PIECE = Buffer.alloc(64 * 1024, 'x');

export class FloodingPort extends FakePort {
  /** All that was read. */
  sentBytes = 0;

  override async read({ signal }: { timeoutMs: number; signal?: AbortSignal }): Promise<Uint8Array> {
    signal?.throwIfAborted();
    // As a driver does: timers run between two reads.
    await new Promise((resolve) => setImmediate(resolve));
    this.sentBytes += PIECE.length;
    return PIECE;
  }
}
