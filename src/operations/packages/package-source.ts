// Files of packages: from the user's cache by their SHA-256, else from the network. Nothing else decides what they are.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { delay } from '../../delay.js';
import { PortalError } from '../../errors.js';
import { RefusedAnswer, TemporaryFailure, withAnswer } from '../../firmware/request.js';
import { makeFolder } from '../../input/make-folder.js';
import { readRegularFile } from '../../input/regular-file.js';
import { writeWholeFile } from '../../input/write-whole-file.js';
import { downloadError } from './package-error.js';

/** Of a description or a module: no board has room for more in one. */
const MAX_FILE_BYTES = 1024 * 1024;

const IDLE_TIMEOUT_MS = 15_000;
const DEADLINE_MS = 120_000;
const ATTEMPTS = 3;
const RETRY_AFTER_MS = 500;

export interface PackageSourceOptions {
  /** The user's cache folder; need not exist. */
  readonly cacheFolder: string;
  /** Such as `https://micropython.org/pi/v2`; only the user's own may be plain http of this computer. */
  readonly index: string;
  readonly signal?: AbortSignal | undefined;
}

export class PackageSource {
  readonly #options: PackageSourceOptions;

  constructor(options: PackageSourceOptions) {
    this.#options = options;
  }

  /** @throws PortalError `package-failed`; the signal's reason */
  async download(url: string): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#get(url);
      } catch (error) {
        if (!(error instanceof PortalError) || error.code === 'package-failed') throw error;
        if (!(error instanceof TemporaryFailure) || attempt === ATTEMPTS)
          throw downloadError(error, url, this.#options.index);
        await delay(RETRY_AFTER_MS * attempt, this.#options.signal);
      }
    }
  }

  /**
   * A file with this SHA-256, which the cache has from now on.
   * @throws PortalError `package-failed` where the network has another one; as download
   */
  async file(url: string, sha256: string): Promise<Uint8Array> {
    const cached = await readRegularFile(this.#path(sha256), { maxBytes: MAX_FILE_BYTES }).catch(
      () => undefined,
    );
    if (cached && sha256Of(cached) === sha256) return cached;
    const bytes = await this.download(url);
    if (sha256Of(bytes) !== sha256) {
      throw new PortalError(
        'package-failed',
        `${url} has changed: its SHA-256 is not the one in esp-portal.lock.json.`,
        {
          likelyCause: 'A new version was published under the same name.',
          next: 'If you trust the change, add the package again: esp-portal add NAME',
        },
      );
    }
    await this.keep(bytes);
    return bytes;
  }

  /** @throws PortalError `output-failed` */
  async keep(bytes: Uint8Array): Promise<void> {
    makeFolder(this.#folder);
    await writeWholeFile(this.#path(sha256Of(bytes)), [bytes]);
  }

  get #folder(): string {
    return join(this.#options.cacheFolder, 'packages');
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256);
  }

  async #get(url: string): Promise<Uint8Array> {
    const { index, signal } = this.#options;
    if (!url.startsWith('https://') && !(index.startsWith('http://') && url.startsWith('http://'))) {
      throw new PortalError(
        'package-failed',
        `${url} is not an https:// address: it can be changed on the network.`,
      );
    }
    return withAnswer(
      url,
      { idleTimeoutMs: IDLE_TIMEOUT_MS, deadlineMs: DEADLINE_MS, maxBytes: MAX_FILE_BYTES, signal },
      async ({ headers, pieces }) => {
        if (/^text\/html/i.test(headers.get('content-type') ?? '')) {
          throw new RefusedAnswer('redirect', `${url} is a web page, not a file of a package.`);
        }
        const parts: Uint8Array[] = [];
        for await (const piece of pieces()) parts.push(piece);
        return Buffer.concat(parts);
      },
    );
  }
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
