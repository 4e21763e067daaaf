// The files that a program on the board has open. Every write is on the host's disk when it returns.

import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { EBADF, EINVAL, ENOSPC, errnoOf } from './errno.js';

interface OpenFile {
  readonly fd: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly appends: boolean;
  position: number;
}

/** Looks this far ahead for the end of a line. */
const LINE_CHUNK_BYTES = 256;

export class OpenFiles {
  readonly #open = new Map<number, OpenFile>();
  readonly #hasRoom: (oldSize: number, newSize: number) => boolean;

  /** @param hasRoom whether a file may grow from one size to another, in bytes */
  constructor(hasRoom: (oldSize: number, newSize: number) => boolean) {
    this.#hasRoom = hasRoom;
  }

  /** @param mode `r`, `w`, `a` or `x`, with or without `+` */
  open(hostPath: string, mode: string): number {
    const kind = mode[0] ?? 'r';
    const both = mode.includes('+');
    // Not the flag `a`: positions are kept here, and the host's append mode would ignore them.
    const flags = { r: both ? 'r+' : 'r', w: 'w+', x: 'wx+', a: 'a+' }[kind];
    if (flags === undefined) return -EINVAL;
    try {
      const fd = this.#openOnHost(hostPath, flags);
      const file: OpenFile = {
        fd,
        readable: kind === 'r' || both,
        writable: kind !== 'r' || both,
        appends: kind === 'a',
        position: 0,
      };
      if (file.appends) file.position = fstatSync(fd).size;
      this.#open.set(fd, file);
      return fd;
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
    return Math.max(0, fstatSync(fd).size - file.position);
  }

  write(fd: number, bytes: Uint8Array): number {
    const file = this.#open.get(fd);
    if (!file?.writable) return -EBADF;
    const size = fstatSync(fd).size;
    const position = file.appends ? size : file.position;
    if (!this.#hasRoom(size, position + bytes.length)) return -ENOSPC;
    writeSync(fd, bytes, 0, bytes.length, position);
    file.position = position + bytes.length;
    return bytes.length;
  }

  seek(fd: number, offset: number, whence: number): number {
    const file = this.#open.get(fd);
    if (!file) return -EBADF;
    const base = whence === 0 ? 0 : whence === 1 ? file.position : fstatSync(fd).size;
    if (base + offset < 0) return -EINVAL;
    file.position = base + offset;
    return file.position;
  }

  /** Closing twice is allowed, as on the board. */
  close(fd: number): void {
    if (this.#open.delete(fd)) closeSync(fd);
  }

  closeAll(): void {
    for (const fd of [...this.#open.keys()]) this.close(fd);
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
    const buffer = new Uint8Array(maxBytes);
    return buffer.subarray(0, readSync(file.fd, buffer, 0, maxBytes, file.position));
  }
}
