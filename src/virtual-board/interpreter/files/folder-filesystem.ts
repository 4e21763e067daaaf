// The board's filesystem: a folder on this computer, of limited capacity, with littlefs's manners.

import { mkdirSync, readdirSync, renameSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { EEXIST, EINVAL, EISDIR, ENOENT, ENOSPC, ENOTDIR, errnoOf } from '../errno.js';
import { EPOCH_2000_S, type RealTimeClock } from '../real-time-clock.js';
import { BoardPaths } from './board-paths.js';
import { blocksOf, DIRECTORY_BLOCKS, LITTLEFS_BLOCK_BYTES } from './littlefs-blocks.js';
import { OpenFiles } from './open-files.js';

const IS_DIRECTORY = 0x4000;
const IS_FILE = 0x8000;

/** What `os.stat` shows; times in seconds since 2000, as those of `time.time`. */
interface Status {
  readonly mode: number;
  readonly sizeBytes: number;
  readonly modifiedS: number;
}

/** Each function returns a negative error number when it fails. */
export class FolderFilesystem {
  readonly open: OpenFiles;
  readonly #paths: BoardPaths;
  readonly #folder: string;
  readonly #blocks: number;
  /** At least so many are free: counting them all at each write would take longer than the write. */
  #surelyFree = 0;

  /** @param clock what the board stamps its files with */
  constructor(folder: string, capacityBytes: number, clock: RealTimeClock) {
    this.#folder = folder;
    this.#blocks = Math.floor(capacityBytes / LITTLEFS_BLOCK_BYTES);
    this.#paths = new BoardPaths(folder);
    mkdirSync(folder, { recursive: true });
    this.open = new OpenFiles(`${folder}.overwrite`, clock, (blocks) => this.#take(blocks));
  }

  openFile(path: string, mode: string): number {
    return this.#at(path, (place) => {
      const status = statSync(place, { throwIfNoEntry: false });
      if (status?.isDirectory()) return -EISDIR;
      // A new file needs no block until it is written, but its name does need a directory with room.
      if (!status && mode[0] !== 'r' && !this.#has(1)) return -ENOSPC;
      return this.open.open(place, mode);
    });
  }

  stat(path: string): Status | number {
    return this.#at(path, (place) => {
      const status = statSync(place);
      // littlefs keeps no time of a folder.
      if (status.isDirectory()) return { mode: IS_DIRECTORY, sizeBytes: 0, modifiedS: 0 };
      const modifiedS = Math.max(0, Math.floor(status.mtimeMs / 1000) - EPOCH_2000_S);
      return { mode: IS_FILE, sizeBytes: status.size, modifiedS };
    });
  }

  isFile(path: string): boolean {
    const status = this.stat(path);
    return typeof status !== 'number' && status.mode === IS_FILE;
  }

  list(path: string): (readonly [name: string, kind: number, sizeBytes: number])[] | number {
    return this.#at(path, (place) =>
      readdirSync(place, { withFileTypes: true })
        .filter((entry) => entry.isFile() || entry.isDirectory())
        .map((entry) =>
          entry.isDirectory()
            ? ([entry.name, IS_DIRECTORY, 0] as const)
            : ([entry.name, IS_FILE, statSync(join(place, entry.name)).size] as const),
        ),
    );
  }

  rename(from: string, to: string): number {
    return this.#at(from, (fromPlace) =>
      this.#at(to, (toPlace) => {
        const target = statSync(toPlace, { throwIfNoEntry: false });
        if (target?.isDirectory() && !statSync(fromPlace).isDirectory()) return -EISDIR;
        renameSync(fromPlace, toPlace);
        for (const place of [fromPlace, toPlace]) this.open.detach(place);
        return 0;
      }),
    );
  }

  /** Removes a file, or an empty directory: littlefs makes no difference. */
  remove(path: string): number {
    return this.#at(path, (place) => {
      if (this.#paths.absolute(path) === '/') return -EINVAL;
      if (statSync(place).isDirectory()) rmdirSync(place);
      else unlinkSync(place);
      this.open.detach(place);
      return 0;
    });
  }

  makeDirectory(path: string): number {
    return this.#at(path, (place) => {
      if (this.#paths.absolute(path) === '/') return -EEXIST;
      if (!this.#take(DIRECTORY_BLOCKS)) return -ENOSPC;
      mkdirSync(place);
      return 0;
    });
  }

  changeDirectory(path: string): number {
    return this.#at(path, (place) => {
      if (!statSync(place).isDirectory()) return -ENOTDIR;
      this.#paths.change(path);
      return 0;
    });
  }

  get currentDirectory(): string {
    return this.#paths.current;
  }

  /** Block size, blocks in all, blocks that are free. */
  get space(): readonly [blockBytes: number, blocks: number, free: number] {
    return [LITTLEFS_BLOCK_BYTES, this.#blocks, Math.max(0, this.#freeBlocks())];
  }

  #at<T>(path: string, act: (place: string) => T | number): T | number {
    const place = this.#paths.onHost(path);
    if (place === undefined) return -ENOENT;
    try {
      return act(place);
    } catch (error) {
      return errnoOf(error);
    }
  }

  #has(blocks: number): boolean {
    if (this.#surelyFree < blocks) this.#surelyFree = this.#freeBlocks();
    return this.#surelyFree >= blocks;
  }

  /** @returns false when there are not so many */
  #take(blocks: number): boolean {
    if (blocks > 0 && !this.#has(blocks)) return false;
    this.#surelyFree -= Math.max(0, blocks);
    return true;
  }

  #freeBlocks(): number {
    return this.#blocks - usedBlocks(this.#folder) - this.open.heldBlocks;
  }
}

function usedBlocks(folder: string): number {
  let blocks = DIRECTORY_BLOCKS;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    blocks += entry.isDirectory() ? usedBlocks(place) : blocksOf(statSync(place).size);
  }
  return blocks;
}
