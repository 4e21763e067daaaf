// The files that a program on the board has open. As in littlefs, what is written belongs to the file once it is closed
// or flushed: power that fails before leaves the file as it was.

import { readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { sep } from 'node:path';
import { EBADF, EEXIST, EINVAL, ENOENT, ENOSPC, errnoOf } from '../errno.js';
import type { RealTimeClock } from '../real-time-clock.js';
import { blocksOf } from './littlefs-blocks.js';

interface OpenFile {
  readonly path: string;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly appends: boolean;
  /** With room to grow. */
  content: Buffer;
  sizeBytes: number;
  position: number;
  /** Blocks of what is stored. */
  storedBlocks: number;
  /** Not as stored. */
  isChanged: boolean;
  /** Not only appended to: littlefs writes it to new blocks, and keeps the old ones until it is stored. */
  isReplaced: boolean;
  /** Removed or renamed: what is written is not stored any more. */
  isDetached: boolean;
}

export class OpenFiles {
  readonly #open = new Map<number, OpenFile>();
  readonly #take: (blocks: number) => boolean;
  readonly #scratchPath: string;
  readonly #clock: RealTimeClock;
  #lastId = 0;

  /**
   * @param scratchPath a file on the same disk, invisible to the board
   * @param clock what a file is stamped with when it is stored
   * @param take allocates free blocks, or fails if there are too few
   */
  constructor(scratchPath: string, clock: RealTimeClock, take: (blocks: number) => boolean) {
    this.#scratchPath = scratchPath;
    this.#clock = clock;
    this.#take = take;
  }

  /** @param mode `r`, `w`, `a` or `x`, with or without `+` */
  open(hostPath: string, mode: string): number {
    const kind = mode[0] ?? 'r';
    const both = mode.includes('+');
    if (!'rwax'.includes(kind)) return -EINVAL;
    try {
      const stored = readStored(hostPath);
      if (stored === undefined && kind === 'r') return -ENOENT;
      if (stored !== undefined && kind === 'x') return -EEXIST;
      if (stored === undefined) this.#store(hostPath, Buffer.of());
      const content = kind === 'w' ? Buffer.of() : (stored ?? Buffer.of());
      this.#lastId += 1;
      this.#open.set(this.#lastId, {
        path: hostPath,
        readable: kind === 'r' || both,
        writable: kind !== 'r' || both,
        appends: kind === 'a',
        content,
        sizeBytes: content.length,
        position: kind === 'a' ? content.length : 0,
        storedBlocks: blocksOf(stored?.length ?? 0),
        isChanged: kind === 'w' && stored !== undefined,
        isReplaced: kind === 'w',
        isDetached: false,
      });
      return this.#lastId;
    } catch (error) {
      return errnoOf(error);
    }
  }

  read(fd: number, maxBytes: number): Uint8Array | number {
    const file = this.#open.get(fd);
    if (!file?.readable) return -EBADF;
    const end = Math.min(file.sizeBytes, file.position + maxBytes);
    const bytes = Uint8Array.from(file.content.subarray(Math.min(file.position, end), end));
    file.position += bytes.length;
    return bytes;
  }

  /** @returns how many bytes from here to the end of the line, its newline included */
  lineLength(fd: number): number {
    const file = this.#open.get(fd);
    if (!file?.readable) return -EBADF;
    const rest = file.content.subarray(file.position, file.sizeBytes);
    const newline = rest.indexOf(10);
    return newline < 0 ? rest.length : newline + 1;
  }

  /** @returns how many bytes from here to the end of the file */
  remaining(fd: number): number {
    const file = this.#open.get(fd);
    if (!file?.readable) return -EBADF;
    return Math.max(0, file.sizeBytes - file.position);
  }

  write(fd: number, bytes: Uint8Array): number {
    const file = this.#open.get(fd);
    if (!file?.writable) return -EBADF;
    const position = file.appends ? file.sizeBytes : file.position;
    const end = Math.max(file.sizeBytes, position + bytes.length);
    const isReplaced = file.isReplaced || position < file.sizeBytes;
    const after = newBlocks({ ...file, sizeBytes: end, isChanged: true, isReplaced });
    if (!this.#take(after - newBlocks(file))) return -ENOSPC;
    if (end > file.content.length) {
      const grown = Buffer.alloc(Math.max(end, 2 * file.content.length));
      file.content.copy(grown);
      file.content = grown;
    }
    file.content.set(bytes, position);
    Object.assign(file, { sizeBytes: end, position: position + bytes.length, isChanged: true, isReplaced });
    return bytes.length;
  }

  seek(fd: number, offset: number, whence: number): number {
    const file = this.#open.get(fd);
    if (!file) return -EBADF;
    const base = whence === 0 ? 0 : whence === 1 ? file.position : file.sizeBytes;
    if (base + offset < 0 || !Number.isSafeInteger(base + offset)) return -EINVAL;
    file.position = base + offset;
    return file.position;
  }

  /** Whether a flush would store something. */
  isChanged(fd: number): boolean {
    const file = this.#open.get(fd);
    return file?.isChanged === true && !file.isDetached;
  }

  /** What was written takes the place of what was there, all at once. */
  flush(fd: number): number {
    const file = this.#open.get(fd);
    if (file === undefined || !this.isChanged(fd)) return 0;
    try {
      this.#store(file.path, file.content.subarray(0, file.sizeBytes));
    } catch (error) {
      return errnoOf(error); // this computer's disk may be full, too
    }
    Object.assign(file, { storedBlocks: blocksOf(file.sizeBytes), isChanged: false, isReplaced: false });
    return 0;
  }

  /** Blocks that files being written take in addition to what is stored. */
  get heldBlocks(): number {
    return [...this.#open.values()].reduce((sum, file) => sum + newBlocks(file), 0);
  }

  /** Closing twice is allowed, as on the board. */
  close(fd: number): number {
    const result = this.flush(fd);
    this.#open.delete(fd);
    return result;
  }

  closeAll(): void {
    for (const fd of [...this.#open.keys()]) this.close(fd);
  }

  /** A file, or all in a folder, is at this place no more. */
  detach(hostPath: string): void {
    for (const file of this.#open.values()) {
      if (file.path === hostPath || file.path.startsWith(hostPath + sep)) file.isDetached = true;
    }
  }

  #store(hostPath: string, content: Uint8Array): void {
    writeFileSync(this.#scratchPath, content);
    utimesSync(this.#scratchPath, this.#clock.unixS, this.#clock.unixS);
    renameSync(this.#scratchPath, hostPath);
  }
}

function newBlocks({ isChanged, isReplaced, sizeBytes, storedBlocks }: OpenFile): number {
  if (!isChanged) return 0;
  return isReplaced ? blocksOf(sizeBytes) : blocksOf(sizeBytes) - storedBlocks;
}

function readStored(hostPath: string): Buffer | undefined {
  try {
    return readFileSync(hostPath);
  } catch (error) {
    if (errnoOf(error) === -ENOENT) return undefined;
    throw error;
  }
}
