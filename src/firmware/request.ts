// HTTP requests with this package's errors: which addresses are trusted, how long an answer may take, how large it is.

import { PortalError } from '../errors.js';

export interface RequestOptions {
  /** Longest wait for the headers, and for each piece of the body. */
  readonly idleTimeoutMs: number;
  /** Longest time for the whole answer. */
  readonly deadlineMs: number;
  readonly maxBytes: number;
  /** Take plain http from other computers too. */
  readonly allowHttp?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body. @throws TemporaryFailure when it breaks off; PortalError `firmware-download` past `maxBytes` */
  pieces(): AsyncGenerator<Uint8Array>;
}

/** A failure that may pass: worth another attempt. */
export class TemporaryFailure extends PortalError {
  /** HTTP status, where the server answered. */
  readonly status: number | undefined;

  constructor(message: string, { cause, status }: { cause?: unknown; status?: number } = {}) {
    super('firmware-download', message, { cause });
    this.status = status;
  }
}

/** The server answered with an error, or sends elsewhere: the same for every attempt. */
export class RefusedAnswer extends PortalError {
  readonly reason: 'status' | 'redirect';

  constructor(reason: 'status' | 'redirect', message: string, next?: string) {
    super('firmware-download', message, next === undefined ? {} : { next });
    this.reason = reason;
  }
}

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Gets a page or file, following redirects, and hands the answer to `use`; the connection ends with it.
 * @throws TemporaryFailure when the server cannot be reached or reports trouble; PortalError `firmware-download` when
 *   it has no such file or redirects to what is not taken; `usage` for an address that is invalid or plain http without
 *   `allowHttp`; the signal's reason
 */
export async function withAnswer<T>(
  url: string,
  options: RequestOptions,
  use: (answer: HttpAnswer) => Promise<T>,
): Promise<T> {
  const { idleTimeoutMs, deadlineMs, signal } = options;
  signal?.throwIfAborted();
  // One controller with references to its timers and listeners: signals made by AbortSignal.any() may be collected.
  const stop = new AbortController();
  const giveUp = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', giveUp);
  const idle = setTimeout(() => stop.abort(new Error(`no data for ${idleTimeoutMs} ms`)), idleTimeoutMs);
  const overall = setTimeout(() => stop.abort(new Error(`not complete in ${deadlineMs} ms`)), deadlineMs);
  try {
    const response = await follow(checkedUrl(url), options, stop.signal);
    try {
      const pieces = () => bodyOf(response, options.maxBytes, () => idle.refresh(), signal);
      return await use({ status: response.status, headers: response.headers, pieces });
    } finally {
      await response.body?.cancel().catch(() => {});
    }
  } finally {
    clearTimeout(idle);
    clearTimeout(overall);
    signal?.removeEventListener('abort', giveUp);
  }
}

async function follow(first: URL, options: RequestOptions, stop: AbortSignal): Promise<Response> {
  let url = first;
  refuseUntrusted(url, undefined, options.allowHttp);
  for (let redirects = 0; ; redirects++) {
    const response = await get(
      url,
      { ...options.headers, ...authorization(first, url) },
      stop,
      options.signal,
    );
    const target = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || target === null) return accepted(response, url);
    await response.body?.cancel();
    if (redirects === MAX_REDIRECTS) {
      throw new RefusedAnswer('redirect', `${first.host} redirects more than ${MAX_REDIRECTS} times.`);
    }
    const next = redirectTarget(target, url);
    refuseUntrusted(next, url, options.allowHttp);
    url = next;
  }
}

async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  stop: AbortSignal,
  signal: AbortSignal | undefined,
): Promise<Response> {
  try {
    return await fetch(withoutCredentials(url), {
      redirect: 'manual',
      // Lengths are those of the file, not of its compressed form.
      headers: { 'accept-encoding': 'identity', ...headers },
      signal: stop,
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (reasonOf(error) === 'bad port') {
      const problem = `Node.js fetches nothing from port ${url.port}`; // of another protocol, by the Fetch standard
      throw new PortalError('firmware-download', `${url.host} cannot be reached: ${problem}.`, {
        cause: error,
      });
    }
    throw new TemporaryFailure(`${url.host} cannot be reached: ${reasonOf(error)}.`, { cause: error });
  }
}

async function accepted(response: Response, url: URL): Promise<Response> {
  if (response.ok) return response;
  await response.body?.cancel();
  const { status, statusText } = response;
  const message = `${url.host} answers ${status} ${statusText} for ${withoutCredentials(url)}.`;
  if (status >= 500 || status === 429 || status === 416) throw new TemporaryFailure(message, { status });
  throw new RefusedAnswer('status', message);
}

async function* bodyOf(
  response: Response,
  maxBytes: number,
  onPiece: () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { host } = new URL(response.url);
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let total = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      onPiece();
      total += value.length;
      if (total > maxBytes) throw tooLarge(host, maxBytes);
      yield value;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PortalError) throw error;
    throw new TemporaryFailure(`${host} ended the connection: ${reasonOf(error)}.`, { cause: error });
  } finally {
    reader.releaseLock();
  }
}

export function tooLarge(host: string, maxBytes: number): PortalError {
  const megabytes = Math.round(maxBytes / (1024 * 1024));
  return new PortalError('firmware-download', `${host} sends more than ${megabytes} MB, more than allowed.`);
}

/** What a server sends is no mistake of the user. */
function redirectTarget(location: string, from: URL): URL {
  const refused = (shown: string, problem: string) =>
    new RefusedAnswer('redirect', `${from.host} redirects to ${shown.slice(0, 200)}, ${problem}.`);
  if (!URL.canParse(location, from.href)) throw refused(location, 'which is not a valid address');
  const url = new URL(location, from);
  if (!/^https?:$/.test(url.protocol))
    throw refused(withoutCredentials(url), 'which is not an http or https address');
  return url;
}

/** Firmware from a plain http server can be replaced by anyone on the way to it. */
function refuseUntrusted(url: URL, from: URL | undefined, allowHttp = false): void {
  if (url.protocol === 'https:') return;
  if (url.protocol !== 'http:')
    throw new PortalError('usage', `${url.protocol} addresses are not supported: give an https address.`);
  if (from?.protocol === 'https:') {
    throw new RefusedAnswer('redirect', `${from.host} redirects from https to plain http (${url.host}).`);
  }
  if (allowHttp || isLoopback(url.hostname)) return;
  const problem = 'is plain http: the file can be changed on the network.';
  const next = 'Use an https URL, or add --allow-http if you trust this network.';
  if (!from) throw new PortalError('usage', `${withoutCredentials(url)} ${problem}`, { next });
  const what = `${from.host} redirects to ${withoutCredentials(url)}, which ${problem}`;
  throw new RefusedAnswer('redirect', what, next);
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(hostname);
}

/** Credentials of the address, for its own origin alone. */
function authorization(first: URL, url: URL): Record<string, string> {
  if ((first.username === '' && first.password === '') || first.origin !== url.origin) return {};
  const [user, password] = [first.username, first.password].map(decoded);
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** @throws PortalError `usage` */
export function checkedUrl(url: string): URL {
  if (!URL.canParse(url)) throw new PortalError('usage', `${url} is not a valid address.`);
  return new URL(url);
}

/** Percent decoding. @throws PortalError `usage` */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new PortalError('usage', `${text} is not valid in a URL: % must be followed by two hex digits.`, {
      cause: error,
    });
  }
}

/** As it may be shown. */
export function withoutCredentials(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = '';
  return shown.href;
}

/** What is underneath Node's "fetch failed". */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return String(inner);
  const { code } = inner as NodeJS.ErrnoException;
  return inner.message || code || inner.name;
}
