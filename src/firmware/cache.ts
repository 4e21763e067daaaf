// Images and lists of them, kept in the user's cache folder. Knows files, not networks.

import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board } from './catalogue.js';
import { type ImageName, parseImageName } from './image-name.js';

/** A list of what the site has for a board, and how old it is. */
interface StoredNames {
  readonly images: ImageName[];
  readonly ageMs: number;
}

export class FirmwareCache {
  readonly #folder: string;

  /** @param root the user's cache folder; need not exist */
  constructor(root: string) {
    this.#folder = join(root, 'firmware');
  }

  path(file: string): string {
    return join(this.#folder, file);
  }

  /** @returns `undefined` when it is not there */
  async read(file: string): Promise<Uint8Array | undefined> {
    return readFile(this.path(file)).catch(() => undefined);
  }

  /** @returns the images that are here, damaged ones included */
  async list(): Promise<ImageName[]> {
    const files = await readdir(this.#folder).catch(() => []);
    return files.flatMap((file) => parseImageName(file) ?? []);
  }

  async storeNames(board: Board, images: readonly ImageName[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const path = this.#namesPath(board);
    const draft = `${path}.new`;
    await writeFile(draft, `${images.map(({ file }) => file).join('\n')}\n`);
    await rename(draft, path);
  }

  /** @returns `undefined` when none was ever stored */
  async readNames(board: Board): Promise<StoredNames | undefined> {
    try {
      const path = this.#namesPath(board);
      const text = await readFile(path, 'utf8');
      const images = text.split('\n').flatMap((file) => parseImageName(file) ?? []);
      return { images, ageMs: Date.now() - (await stat(path)).mtimeMs };
    } catch {
      return undefined;
    }
  }

  #namesPath(board: Board): string {
    return join(this.#folder, `${board.name}.txt`);
  }
}
