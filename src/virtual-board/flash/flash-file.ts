// The file that stores a virtual board's flash between processes. Independent of the behaviour of flash.

import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

const ERASED = 0xff;
const ERASED_BLOCK = new Uint8Array(0x10000).fill(ERASED);

/**
 * Contents of the flash from address 0 to the last byte ever programmed; what lies beyond the end of the
 * file is erased. So a blank 16 MB flash takes no space, and the file can be compared with an image byte by byte.
 */
export class FlashFile {
  readonly #fd: number;
  #lengthBytes: number;

  /** Opens `path`, creating it empty (= blank flash). */
  constructor(path: string) {
    this.#fd = openExisting(path) ?? openSync(path, 'w+');
    this.#lengthBytes = fstatSync(this.#fd).size;
  }

  /** Fills `into` with the file, and with erased bytes after its end. */
  load(into: Uint8Array): void {
    into.fill(ERASED);
    let offset = 0;
    while (offset < into.length) {
      const count = readSync(this.#fd, into, offset, into.length - offset, offset);
      if (count === 0) return;
      offset += count;
    }
  }

  /** Stores the flash's content from `address` on, in place. */
  store(address: number, bytes: Uint8Array): void {
    this.#writeErased(this.#lengthBytes, address);
    this.#write(address, bytes);
  }

  /** Notes that a range was erased; at the end of the file that makes it shorter. */
  erase(address: number, lengthBytes: number): void {
    if (address >= this.#lengthBytes) return;
    if (address + lengthBytes >= this.#lengthBytes) {
      ftruncateSync(this.#fd, address);
      this.#lengthBytes = address;
    } else {
      this.#writeErased(address, address + lengthBytes);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #writeErased(from: number, to: number): void {
    for (let address = from; address < to; address += ERASED_BLOCK.length) {
      this.#write(address, ERASED_BLOCK.subarray(0, to - address));
    }
  }

  #write(address: number, bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      done += writeSync(this.#fd, bytes, done, bytes.length - done, address + done);
    }
    this.#lengthBytes = Math.max(this.#lengthBytes, address + bytes.length);
  }
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
