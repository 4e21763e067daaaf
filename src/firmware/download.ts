// A file from the network into memory: resumed where the connection broke, and complete or not there at all.

import { delay } from '../delay.js';
import { PortalError } from '../errors.js';
import { checkedUrl, type HttpAnswer, TemporaryFailure, tooLarge, withAnswer } from './request.js';

/** Without data for this long, the connection is treated as lost. */
const IDLE_TIMEOUT_MS = 15_000;
/** Of one attempt; 1.8 MB in it are 24 kbit/s. */
const DEADLINE_MS = 10 * 60_000;
/** In a row, without a byte of progress between them. */
const ATTEMPTS = 4;
/** Limit for all attempts, for a server that sends single bytes. */
const ALL_ATTEMPTS_MS = 60 * 60_000;
const FIRST_RETRY_AFTER_MS = 500;
/** The largest flash that MicroPython runs on, and some: what is longer is not firmware. */
export const LARGEST_IMAGE_BYTES = 20 * 1024 * 1024;

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly allowHttp?: boolean | undefined;
  /** @param totalBytes `undefined` if the server does not send it */
  readonly onBytes?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined;
  /** Called before each retry. */
  readonly onRetry?: ((failure: DownloadFailure) => void) | undefined;
  /** Beginning of the file, from an earlier run. */
  readonly have?: Uint8Array | undefined;
  /** Gets what had come when the download fails for a time or its caller gives up. */
  readonly onPartial?: ((bytes: Uint8Array) => Promise<void>) | undefined;
  readonly idleTimeoutMs?: number | undefined;
  /** Wait before the first retry, doubled for each further one. */
  readonly retryAfterMs?: number | undefined;
  readonly allAttemptsMs?: number | undefined;
}

/** An attempt that failed and will be repeated. */
interface DownloadFailure {
  /** One sentence. */
  readonly reason: string;
  /** The attempt that comes next, of how many in a row without progress. */
  readonly attempt: number;
  readonly attempts: number;
}

/**
 * Downloads a file.
 * @throws PortalError `firmware-download`, `usage`; the signal's reason
 */
export async function download(url: string, options: DownloadOptions = {}): Promise<Uint8Array> {
  const { retryAfterMs = FIRST_RETRY_AFTER_MS, allAttemptsMs = ALL_ATTEMPTS_MS, signal, onRetry } = options;
  const startedAt = performance.now();
  const file = new PartialFile(options.have);
  for (let failures = 0; ; ) {
    const before = file.sizeBytes;
    try {
      await continueDownload(url, file, options);
      return file.bytes();
    } catch (error) {
      const isTemporary = error instanceof TemporaryFailure;
      if (isTemporary && error.status === 416) file.clear(); // the beginning was another file's
      failures = file.sizeBytes > before ? 1 : failures + 1;
      const isLast = failures >= ATTEMPTS || performance.now() - startedAt > allAttemptsMs;
      if (signal?.aborted || (isTemporary && isLast)) await options.onPartial?.(file.bytes());
      signal?.throwIfAborted();
      if (!isTemporary || isLast) throw error;
      onRetry?.({ reason: error.message, attempt: failures + 1, attempts: ATTEMPTS });
      await delay(retryAfterMs * 2 ** (failures - 1), signal);
    }
  }
}

/** What has come of a file, and which version of the file that was. */
class PartialFile {
  #pieces: Uint8Array[] = [];
  sizeBytes = 0;
  /** A strong one: byte for byte the same file. */
  etag: string | undefined;

  constructor(have: Uint8Array = new Uint8Array()) {
    if (have.length > 0) this.add(have);
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.sizeBytes += piece.length;
  }

  clear(): void {
    this.#pieces = [];
    this.sizeBytes = 0;
    this.etag = undefined;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }
}

async function continueDownload(url: string, file: PartialFile, options: DownloadOptions): Promise<void> {
  const { host } = checkedUrl(url);
  await withAnswer(
    url,
    {
      idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      deadlineMs: DEADLINE_MS,
      maxBytes: LARGEST_IMAGE_BYTES,
      allowHttp: options.allowHttp,
      signal: options.signal,
      ...(file.sizeBytes > 0 && { headers: rangeHeaders(file) }),
    },
    async (answer) => {
      if (!isRestOf(file, answer)) file.clear();
      file.etag ??= /^"/.test(answer.headers.get('etag') ?? '')
        ? (answer.headers.get('etag') ?? '')
        : undefined;
      const isEncoded = (answer.headers.get('content-encoding') ?? 'identity') !== 'identity';
      // The length of a compressed response is not that of the file, and it cannot be resumed.
      const expected = isEncoded ? undefined : expectedBytes(answer, file.sizeBytes);
      refuseWhatIsNoFile(url, host, answer, expected);
      try {
        await receive(answer, file, expected, options);
        if (expected !== undefined && file.sizeBytes !== expected) {
          throw new TemporaryFailure(`${host} sent ${file.sizeBytes} bytes of ${expected}.`);
        }
      } catch (error) {
        if (isEncoded) file.clear();
        throw error;
      }
    },
  );
}

async function receive(
  answer: HttpAnswer,
  file: PartialFile,
  expected: number | undefined,
  { onBytes }: DownloadOptions,
): Promise<void> {
  onBytes?.(file.sizeBytes, expected);
  for await (const piece of answer.pieces()) {
    file.add(piece);
    onBytes?.(file.sizeBytes, expected);
  }
}

function rangeHeaders({ sizeBytes, etag }: PartialFile): Record<string, string> {
  return { range: `bytes=${sizeBytes}-`, ...(etag !== undefined && { 'if-range': etag }) };
}

function isRestOf(file: PartialFile, { status, headers }: HttpAnswer): boolean {
  return status === 206 && (headers.get('content-range') ?? '').startsWith(`bytes ${file.sizeBytes}-`);
}

function expectedBytes({ headers }: HttpAnswer, start: number): number | undefined {
  const length = headers.get('content-length');
  return length === null ? undefined : start + Number(length);
}

function refuseWhatIsNoFile(
  url: string,
  host: string,
  answer: HttpAnswer,
  expected: number | undefined,
): void {
  if (/^text\/html/i.test(answer.headers.get('content-type') ?? '')) {
    throw new PortalError('firmware-download', `${url} is a web page, not a file.`);
  }
  if (expected !== undefined && expected > LARGEST_IMAGE_BYTES) throw tooLarge(host, LARGEST_IMAGE_BYTES);
}
