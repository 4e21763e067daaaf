// The files that a program on the board has open. Every write is on the host's disk when it returns.

import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { EBADF, EINVAL, ENOSPC, errnoOf } from '../errno.js';
import type { RealTimeClock } from '../real-time-clock.js';
import { blocksOf } from './littlefs-blocks.js';

interface OpenFile {
  readonly path: string;
  fd: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly appends: boolean;
  /** littlefs writes to new blocks: those of the content that was there stay taken until the file is closed. */
  heldBlocks: number;
  position: number;
}

/** A kernel copies a write page by page, and a process that is killed may end between two of them. */
const PAGE_BYTES = 4096;
/** Bytes to search for the end of a line. */
const LINE_CHUNK_BYTES = 256;

export class OpenFiles {
  readonly #open = new Map<number, OpenFile>();
  readonly #take: (blocks: number) => boolean;
  readonly #scratchPath: string;
  readonly #clock: RealTimeClock;
  #lastId = 0;

  /**
   * @param scratchPath a file on the same disk, invisible to the board
   * @param clock what a file is stamped with when it is closed
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
    // Not the flag `a`: positions are kept here, and the host's append mode would ignore them.
    const flags = { r: both ? 'r+' : 'r', w: 'w+', x: 'wx+', a: 'a+' }[kind];
    if (flags === undefined) return -EINVAL;
    try {
      const oldSize = kind === 'w' ? (statSync(hostPath, { throwIfNoEntry: false })?.size ?? 0) : 0;
      const fd = this.#openOnHost(hostPath, flags);
      const file: OpenFile = {
        path: hostPath,
        fd,
        readable: kind === 'r' || both,
        writable: kind !== 'r' || both,
        appends: kind === 'a',
        heldBlocks: blocksOf(oldSize),
        position: 0,
      };
      if (file.appends) file.position = fstatSync(fd).size;
      this.#lastId += 1;
      this.#open.set(this.#lastId, file);
      if (kind === 'w') this.#stamp(file);
      return this.#lastId;
    } catch (error) {
      return errnoOf(error);
    }
  }

  read(fd: number, maxBytes: number): Uint8Array | number {
    const file = this.#open.get(fd);
    if (!file?.readable) return -EBADF;
    const bytes = this.#readAt(file, maxBytes);
    file.position += bytes.length;
    return bytes;
  }

  /** @returns how many bytes from here to the end of the line, its newline included */
  lineLength(fd: number): number {
    const file = this.#open.get(fd);
    if (!file?.readable) return -EBADF;
    for (let ahead = LINE_CHUNK_BYTES; ; ahead *= 2) {
      const bytes = this.#readAt(file, ahead);
      const newline = bytes.indexOf(10);
      if (newline >= 0) return newline + 1;
      if (bytes.length < ahead) return bytes.length;
    }
  }

  /** @returns how many bytes from here to the end of the file */
  remaining(fd: number): number {
    const file = this.#open.get(fd);
    if (!file?.readable) return -EBADF;
    return Math.max(0, fstatSync(file.fd).size - file.position);
  }

  write(fd: number, bytes: Uint8Array): number {
    const file = this.#open.get(fd);
    if (!file?.writable) return -EBADF;
    const { size } = fstatSync(file.fd);
    const position = file.appends ? size : file.position;
    const heldBlocks = position < size ? Math.max(file.heldBlocks, blocksOf(size)) : file.heldBlocks;
    const grownBlocks = blocksOf(Math.max(size, position + bytes.length)) - blocksOf(size);
    if (!this.#take(grownBlocks + heldBlocks - file.heldBlocks)) return -ENOSPC;
    file.heldBlocks = heldBlocks;
    const replacedEnd = Math.min(size, position + bytes.length);
    try {
      if (position < replacedEnd && pageOf(position) !== pageOf(replacedEnd - 1)) {
        this.#replace(file, bytes, position);
      } else {
        writeSync(file.fd, bytes, 0, bytes.length, position);
      }
    } catch (error) {
      return errnoOf(error); // this computer's disk may be full, too
    }
    file.position = position + bytes.length;
    this.#stamp(file); // some programs never close it
    return bytes.length;
  }

  seek(fd: number, offset: number, whence: number): number {
    const file = this.#open.get(fd);
    if (!file) return -EBADF;
    const base = whence === 0 ? 0 : whence === 1 ? file.position : fstatSync(file.fd).size;
    if (base + offset < 0 || !Number.isSafeInteger(base + offset)) return -EINVAL;
    file.position = base + offset;
    return file.position;
  }

  /** What was written has taken the place of what was there. */
  flush(fd: number): void {
    const file = this.#open.get(fd);
    if (!file) return;
    file.heldBlocks = 0;
    if (file.writable) this.#stamp(file);
  }

  /** Blocks of old content that files being written still take. */
  get heldBlocks(): number {
    return [...this.#open.values()].reduce((sum, file) => sum + file.heldBlocks, 0);
  }

  /** Closing twice is allowed, as on the board. */
  close(fd: number): void {
    const file = this.#open.get(fd);
    if (!file) return;
    this.flush(fd);
    this.#open.delete(fd);
    closeSync(file.fd);
  }

  closeAll(): void {
    for (const fd of [...this.#open.keys()]) this.close(fd);
  }

  /** Overwrites several pages at once: the file's whole new content takes the place of the old. */
  #replace(file: OpenFile, bytes: Uint8Array, position: number): void {
    if (!this.#isNameOf(file)) {
      writeSync(file.fd, bytes, 0, bytes.length, position);
      return;
    }
    const old = readFileSync(file.path);
    const content = Buffer.alloc(Math.max(old.length, position + bytes.length));
    content.set(old);
    content.set(bytes, position);
    writeFileSync(this.#scratchPath, content);
    renameSync(this.#scratchPath, file.path);
    for (const other of this.#open.values()) {
      if (other.path !== file.path) continue;
      closeSync(other.fd);
      other.fd = openSync(file.path, 'r+');
    }
  }

  /** By its name: the permission model of Node.js allows no other way. */
  #stamp(file: OpenFile): void {
    if (this.#isNameOf(file)) utimesSync(file.path, this.#clock.unixS, this.#clock.unixS);
  }

  /** Not once it has been removed or renamed. */
  #isNameOf(file: OpenFile): boolean {
    return statSync(file.path, { throwIfNoEntry: false })?.ino === fstatSync(file.fd).ino;
  }

  #openOnHost(hostPath: string, flags: string): number {
    if (flags !== 'a+') return openSync(hostPath, flags);
    try {
      return openSync(hostPath, 'r+');
    } catch (error) {
      if (errnoOf(error) !== -2) throw error;
      return openSync(hostPath, 'w+');
    }
  }

  #readAt(file: OpenFile, maxBytes: number): Uint8Array {
    const leftBytes = Math.max(0, fstatSync(file.fd).size - file.position);
    const buffer = new Uint8Array(Math.min(maxBytes, leftBytes));
    return buffer.subarray(0, readSync(file.fd, buffer, 0, buffer.length, file.position));
  }
}

function pageOf(position: number): number {
  return Math.floor(position / PAGE_BYTES);
}
