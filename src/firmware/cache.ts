// Images, lists of them and their SHA-256, kept in the user's cache folder. Uses no network. Several programs
// may use the folder at once: every file is written under a unique name and then renamed.

import { createHash, randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PortalError } from '../errors.js';
import { fileErrorWords } from '../input/file-error.js';
import { makeFolder } from '../input/make-folder.js';
import { readRegularFile } from '../input/regular-file.js';
import type { Board } from './catalogue.js';
import { LARGEST_IMAGE_BYTES } from './download.js';
import { MICROPYTHON_SITE } from './download-page.js';
import { type ImageName, parseImageName } from './image-name.js';

/** A list of what the site has for a board, and how old it is. */
interface StoredNames {
  readonly images: ImageName[];
  readonly ageMs: number;
}

/** A temporary file that is older was left by a program that was killed. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/** Several times what is stored: a line with the SHA-256 and a file's name; a line for each image of a board. */
const LARGEST_RECORD_BYTES = 1024;
const LARGEST_LIST_BYTES = 1024 * 1024;

export class FirmwareCache {
  readonly #folder: string;

  /**
   * @param root the user's cache folder; need not exist
   * @param site where the files come from: each site has its own folder, so that a mirror's file is not used as
   *   micropython.org's
   */
  constructor(root: string, site: string) {
    const folder = join(root, 'firmware');
    this.#folder = site === MICROPYTHON_SITE ? folder : join(folder, `site-${shortHash(site)}`);
  }

  path(file: string): string {
    return join(this.#folder, file);
  }

  /** @returns `undefined` when it is not there, or is not what was stored */
  async read(file: string): Promise<Uint8Array | undefined> {
    const bytes = await readRegularFile(this.path(file), { maxBytes: LARGEST_IMAGE_BYTES }).catch(
      () => undefined,
    );
    const recorded = await this.recordedSha256(file);
    return bytes && (recorded === undefined || recorded === sha256(bytes)) ? bytes : undefined;
  }

  /**
   * Keeps an image and, the first time, its SHA-256.
   * @throws PortalError `output-failed`
   */
  async store(file: string, bytes: Uint8Array): Promise<void> {
    await this.#removeAbandoned();
    if ((await this.recordedSha256(file)) === undefined) {
      await this.#put(`${file}.sha256`, `${sha256(bytes)}  ${file}\n`);
    }
    await this.#put(file, bytes);
  }

  /** SHA-256 in hex of what was stored first under this name. */
  async recordedSha256(file: string): Promise<string | undefined> {
    const text = await this.#readText(`${file}.sha256`, LARGEST_RECORD_BYTES).catch(() => '');
    return /^[\da-f]{64}(?= )/.exec(text)?.[0];
  }

  /** @returns the images that are here, damaged ones included */
  async list(): Promise<ImageName[]> {
    const files = await readdir(this.#folder).catch(() => []);
    return files.flatMap((file) => parseImageName(file) ?? []);
  }

  /**
   * Beginning of a file whose download was interrupted. It is the caller's alone from now on.
   * @param url where the file comes from
   */
  async takePart(url: string): Promise<Uint8Array | undefined> {
    const own = this.#temporary('part');
    try {
      await rename(this.#partPath(url), own); // only one program can win it
      return await readRegularFile(own, { maxBytes: LARGEST_IMAGE_BYTES });
    } catch {
      return undefined;
    } finally {
      await rm(own, { force: true }).catch(() => {});
    }
  }

  /** Keeps it for the next attempt, if that is possible. */
  async leavePart(url: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) await this.#put(partName(url), bytes).catch(() => {});
  }

  /** @throws PortalError `output-failed` */
  async storeNames(board: Board, images: readonly ImageName[]): Promise<void> {
    await this.#put(`${board.name}.txt`, `${images.map(({ file }) => file).join('\n')}\n`);
  }

  /** @returns `undefined` when none was ever stored */
  async readNames(board: Board): Promise<StoredNames | undefined> {
    try {
      const list = `${board.name}.txt`;
      const text = await this.#readText(list, LARGEST_LIST_BYTES);
      const images = text.split('\n').flatMap((file) => parseImageName(file) ?? []);
      return { images, ageMs: Date.now() - (await stat(this.path(list))).mtimeMs };
    } catch {
      return undefined;
    }
  }

  async #readText(file: string, maxBytes: number): Promise<string> {
    return (await readRegularFile(this.path(file), { maxBytes })).toString();
  }

  async #put(file: string, content: string | Uint8Array): Promise<void> {
    const draft = this.#temporary('new');
    try {
      makeFolder(this.#folder);
      await writeFile(draft, content, { flag: 'wx' });
      await rename(draft, this.path(file));
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      throw new PortalError(
        'output-failed',
        `The firmware cache ${this.#folder} cannot be written: ${fileErrorWords(error)}.`,
        {
          cause: error,
          next: 'Free space there, or set ESP_PORTAL_CACHE_DIR to another folder, and run the same command again.',
        },
      );
    }
  }

  async #removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (!/^[\da-f-]{36}\.(part|new)$/.test(name)) continue;
      const { mtimeMs = Date.now() } = (await stat(this.path(name)).catch(() => undefined)) ?? {};
      if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(this.path(name), { force: true });
    }
  }

  #temporary(kind: 'part' | 'new'): string {
    return this.path(`${randomUUID()}.${kind}`);
  }

  #partPath(url: string): string {
    return this.path(partName(url));
  }
}

function partName(url: string): string {
  return `address-${shortHash(url)}.part`;
}

function shortHash(text: string): string {
  return sha256(Buffer.from(text)).slice(0, 16);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
