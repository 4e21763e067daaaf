// What an interrupted backup has read: a file beside the one to be, to which whole pieces are appended.

import { type FileHandle, open, rm } from 'node:fs/promises';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import { readRegularFile } from '../../input/regular-file.js';
import { PIECE_BYTES } from './backup-file.js';

/** Secrets are in it. */
export const BACKUP_MODE = 0o600;

export class PartialFile implements AsyncDisposable {
  readonly path: string;
  readonly #header: string;
  #file: FileHandle | undefined;

  /** @param board identifies it and the size of its flash: pieces of another one do not count */
  constructor(backup: string, board: string) {
    this.path = `${backup}.partial`;
    this.#header = `esp-portal partial backup ${board}\n`;
  }

  /** @returns the whole pieces that are there, of this board */
  async read(flashSizeBytes: number): Promise<Uint8Array> {
    const maxBytes = flashSizeBytes + this.#header.length;
    const bytes = await readRegularFile(this.path, { maxBytes }).catch(() => Buffer.of());
    if (bytes.toString('latin1', 0, this.#header.length) !== this.#header) return Buffer.of();
    const pieces = bytes.subarray(this.#header.length);
    return pieces.length === flashSizeBytes
      ? pieces
      : pieces.subarray(0, pieces.length - (pieces.length % PIECE_BYTES));
  }

  /** @throws PortalError `output-failed` */
  async append(piece: Uint8Array): Promise<void> {
    try {
      if (!this.#file) {
        await rm(this.path, { force: true }); // with the permissions that it had
        this.#file = await open(this.path, 'wx', BACKUP_MODE);
        await this.#file.writeFile(this.#header);
      }
      await this.#file.writeFile(piece);
    } catch (error) {
      throw new PortalError('output-failed', `${this.path} cannot be written: ${fileErrorWords(error)}.`, {
        cause: error,
      });
    }
  }

  async remove(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await rm(this.path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
