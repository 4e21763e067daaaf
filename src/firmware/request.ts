// One HTTP request with this package's errors.

import { PortalError } from '../errors.js';

interface RequestOptions {
  /** Until the headers have come. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  headers?: Readonly<Record<string, string>>;
}

/** A failure that may pass: worth another attempt. */
export class TemporaryFailure extends PortalError {
  constructor(message: string, cause?: unknown) {
    super('firmware-download', message, { cause });
  }
}

/**
 * Asks for a page or file; redirects are followed.
 * @throws TemporaryFailure when the server cannot be reached or has trouble; PortalError `firmware-download` when it
 *   has no such file; `usage` for an address that is none; the signal's reason
 */
export async function request(url: string, options: RequestOptions): Promise<Response> {
  const { timeoutMs, signal, headers = {} } = options;
  const address = checkedUrl(url);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new Error('no answer in time')), timeoutMs);
  let response: Response;
  try {
    response = await fetch(address, {
      // Lengths are those of the file, not of its compressed form.
      headers: { 'accept-encoding': 'identity', ...headers },
      signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new TemporaryFailure(`${hostOf(url)} cannot be reached: ${reasonOf(error)}.`, error);
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const message = `${hostOf(url)} answers ${response.status} ${response.statusText} for ${url}.`;
  if (response.status >= 500 || response.status === 429) throw new TemporaryFailure(message);
  if (response.status === 416) throw new TemporaryFailure(message, 'range');
  throw new PortalError('firmware-download', message);
}

/** @throws PortalError `usage` */
export function checkedUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (error) {
    throw new PortalError('usage', `${url} is no address of a file.`, { cause: error });
  }
}

export function hostOf(url: string): string {
  return new URL(url).host;
}

/** What is underneath Node's "fetch failed". */
export function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return String(inner);
  const { code } = inner as NodeJS.ErrnoException;
  return inner.message || code || inner.name;
}
