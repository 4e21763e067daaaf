// A file from the network to the disk: resumed where it was cut off, and complete or not there at all.

import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PortalError } from '../errors.js';
import { delay } from '../port/delay.js';
import { hostOf, reasonOf, request, TemporaryFailure } from './request.js';

/** No piece of a file for this long: the connection is dead, whatever TCP says. */
const IDLE_TIMEOUT_MS = 15_000;
/** In a row, without a byte of progress between them. */
const ATTEMPTS = 4;
const FIRST_RETRY_AFTER_MS = 500;
/** Ten times the largest image there is: what is longer is not one. */
const LARGEST_BYTES = 20 * 1024 * 1024;

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  /** @param totalBytes `undefined` when the server does not tell */
  onBytes?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined;
  idleTimeoutMs?: number | undefined;
  /** Wait before the first retry, doubled for each further one. */
  retryAfterMs?: number | undefined;
}

/**
 * Downloads a file. What an earlier attempt left in `path`.part is gone on with.
 * @param path where it is to be; nothing is there until it is complete
 * @throws PortalError `firmware-download`; the signal's reason
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  const { retryAfterMs = FIRST_RETRY_AFTER_MS, signal } = options;
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  for (let failures = 0; ; ) {
    const before = await sizeOf(part);
    try {
      await continueDownload(url, part, before, options);
      await rename(part, path);
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TemporaryFailure)) throw error;
      if (error.cause === 'range') await rm(part, { force: true }); // it was of another file
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= ATTEMPTS) throw error;
      await delay(retryAfterMs * 2 ** (failures - 1), signal);
    }
  }
}

async function continueDownload(
  url: string,
  part: string,
  haveBytes: number,
  { signal, onBytes, idleTimeoutMs = IDLE_TIMEOUT_MS }: DownloadOptions,
): Promise<void> {
  const idle = new AbortController();
  const response = await request(url, {
    timeoutMs: idleTimeoutMs,
    signal: signal ? AbortSignal.any([signal, idle.signal]) : idle.signal,
    ...(haveBytes > 0 && { headers: { range: `bytes=${haveBytes}-` } }),
  });
  const isRest = response.status === 206;
  const start = isRest ? haveBytes : 0;
  const expected = expectedBytes(response, start);
  refuseWhatIsNoFile(url, response, expected);
  const file = await open(part, isRest ? 'a' : 'w');
  let done = start;
  try {
    onBytes?.(done, expected);
    for await (const piece of pieces(url, response, idle, idleTimeoutMs)) {
      await file.writeFile(piece);
      done += piece.length;
      if (done > LARGEST_BYTES)
        throw new PortalError('firmware-download', `${url} is too large for a firmware.`);
      onBytes?.(done, expected);
    }
  } finally {
    await file.close();
  }
  if (expected !== undefined && done !== expected) {
    throw new TemporaryFailure(`${hostOf(url)} sent ${done} bytes of ${expected}.`);
  }
}

/** The body, with a limit on the time between two pieces. */
async function* pieces(
  url: string,
  response: Response,
  idle: AbortController,
  idleTimeoutMs: number,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const timer = setTimeout(() => idle.abort(new Error('no more bytes in time')), idleTimeoutMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw new TemporaryFailure(`${hostOf(url)} broke off: ${reasonOf(error)}.`, error);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function expectedBytes(response: Response, start: number): number | undefined {
  const length = response.headers.get('content-length');
  return length === null ? undefined : start + Number(length);
}

function refuseWhatIsNoFile(url: string, response: Response, expected: number | undefined): void {
  if (/^text\/html/i.test(response.headers.get('content-type') ?? '')) {
    throw new PortalError('firmware-download', `${url} is a web page, not a file.`);
  }
  if (expected !== undefined && expected > LARGEST_BYTES) {
    throw new PortalError('firmware-download', `${url} is too large for a firmware (${expected} bytes).`);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
