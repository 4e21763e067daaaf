// Reading a port up to something expected.

import type { Port } from './port.js';

interface ReadUntilOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** What was read, and whether it ends with what was waited for. */
export interface ReadResult {
  readonly bytes: Uint8Array;
  readonly found: boolean;
}

/**
 * Reads until `marker` has come, and leaves what follows it in the port.
 * @param marker ASCII text, or a byte
 * @returns all bytes up to and with the marker; `found: false` with what there was when the time ran out
 * @throws PortalError `port-lost`; the signal's reason
 */
export async function readUntil(
  port: Port,
  marker: string | number,
  { timeoutMs, signal }: ReadUntilOptions,
): Promise<ReadResult> {
  const deadline = performance.now() + timeoutMs;
  const markerBytes = typeof marker === 'string' ? Buffer.from(marker, 'latin1') : Buffer.of(marker);
  let bytes = Buffer.alloc(0);
  for (;;) {
    const chunk = await port.read({ timeoutMs: Math.max(0, deadline - performance.now()), signal });
    if (!chunk) return { bytes, found: false };
    const searchFrom = Math.max(0, bytes.length - markerBytes.length + 1);
    bytes = Buffer.concat([bytes, chunk]);
    const at = bytes.indexOf(markerBytes, searchFrom);
    if (at >= 0) {
      const end = at + markerBytes.length;
      port.unread(bytes.subarray(end));
      return { bytes: bytes.subarray(0, end), found: true };
    }
  }
}

/**
 * Reads exactly `count` bytes, fewer when the time runs out.
 * @throws PortalError `port-lost`; the signal's reason
 */
export async function readBytes(port: Port, count: number, options: ReadUntilOptions): Promise<Uint8Array> {
  const deadline = performance.now() + options.timeoutMs;
  let bytes = Buffer.alloc(0);
  while (bytes.length < count) {
    const timeoutMs = Math.max(0, deadline - performance.now());
    const chunk = await port.read({ timeoutMs, signal: options.signal });
    if (!chunk) break;
    bytes = Buffer.concat([bytes, chunk]);
  }
  port.unread(bytes.subarray(count));
  return bytes.subarray(0, count);
}
