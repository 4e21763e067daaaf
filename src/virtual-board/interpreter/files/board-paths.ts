// Where a path on the board lies on this computer: always inside one folder.

import { lstatSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The board's current directory, and the folder with its files. */
export class BoardPaths {
  readonly #folder: string;
  #current = '/';

  constructor(folder: string) {
    this.#folder = folder;
  }

  get current(): string {
    return this.#current;
  }

  /** The caller has checked that it is a directory. */
  change(path: string): void {
    this.#current = this.absolute(path);
  }

  /** As the board writes it: from `/`, without `.` and `..` (above the root there is only the root). */
  absolute(path: string): string {
    const normal = posix.resolve('/', this.#current, path);
    return normal.startsWith('//') ? normal.slice(1) : normal;
  }

  /** @returns undefined when the way leads through a symbolic link: it might leave the folder */
  onHost(path: string): string | undefined {
    let place = this.#folder;
    for (const part of this.absolute(path).split('/')) {
      if (part === '') continue;
      if (part.includes('\\') || part.includes('\0')) return undefined;
      place = join(place, part);
      if (isLink(place)) return undefined;
    }
    return place;
  }
}

function isLink(place: string): boolean {
  try {
    return lstatSync(place).isSymbolicLink();
  } catch {
    return false; // missing, or a file in the path: reported when the path is used
  }
}
