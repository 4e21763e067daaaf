// What an interrupted backup has read: a file next to the final one, to which whole pieces are appended.

import { constants, type FileHandle, open, rm } from 'node:fs/promises';
import type { ErrorCode } from '../../error-table.js';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import { FileProblem, readRegularFile } from '../../input/regular-file.js';
import { PIECE_BYTES } from './backup-file.js';

/** Secrets are in it. */
export const BACKUP_MODE = 0o600;

const FORMAT = 'esp-portal partial backup ';
/** After errors that the next run continues after. */
const ADVICE = (path: string): Partial<Record<ErrorCode, string>> => {
  const again = `un the same command again: it continues from ${path}.`;
  return {
    interrupted: `R${again}`,
    'port-lost': `Connect the board again and r${again}`,
    'output-failed': `Free space on the disk, and r${again}`,
    'flash-failed': `R${again} If it fails again, add --baud 115200.`,
  };
};
/** A link in its place is not followed; Windows has no such flag. */
const CONTINUE_FLAGS = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

export class PartialFile implements AsyncDisposable {
  readonly path: string;
  readonly #header: string;
  #file: FileHandle | undefined;
  #hasPieces = false;

  /** @param board identifies it and the size of its flash: pieces of another one do not count */
  constructor(backup: string, board: string) {
    this.path = `${backup}.partial`;
    this.#header = `${FORMAT}${board}\n`;
  }

  /**
   * @returns the whole pieces that are there, of this board
   * @throws PortalError `usage` for a file that no backup made
   */
  async read(flashSizeBytes: number): Promise<Uint8Array> {
    const maxBytes = flashSizeBytes + this.#header.length;
    const bytes = await readRegularFile(this.path, { maxBytes }).catch((error: unknown) => {
      if (error instanceof FileProblem && error.isMissing) return undefined;
      throw this.#foreign(error);
    });
    if (bytes && !FORMAT.startsWith(bytes.toString('latin1', 0, FORMAT.length))) throw this.#foreign();
    if (bytes?.toString('latin1', 0, this.#header.length) !== this.#header) return Buffer.of();
    const pieces = bytes.subarray(this.#header.length);
    const rest = pieces.length === flashSizeBytes ? 0 : pieces.length % PIECE_BYTES;
    this.#hasPieces = pieces.length > rest;
    return pieces.subarray(0, pieces.length - rest);
  }

  /**
   * @param address of the piece; those before it are in the file, what follows is replaced
   * @throws PortalError `output-failed`
   */
  async append(piece: Uint8Array, address: number): Promise<void> {
    try {
      this.#file ??= await (address === 0 ? this.#create() : this.#continue(address));
      await this.#file.appendFile(piece);
      this.#hasPieces = true;
    } catch (error) {
      throw new PortalError('output-failed', `${this.path} cannot be written: ${fileErrorWords(error)}.`, {
        cause: error,
      });
    }
  }

  /** The next run goes on where this one ended. */
  withAdvice(error: unknown): unknown {
    const next = error instanceof PortalError && this.#hasPieces ? ADVICE(this.path)[error.code] : undefined;
    return error instanceof PortalError && next !== undefined ? error.with({ next }) : error;
  }

  async #create(): Promise<FileHandle> {
    await rm(this.path, { force: true }); // with the permissions that it had
    const file = await open(this.path, 'wx', BACKUP_MODE);
    await file.appendFile(this.#header);
    return file;
  }

  async #continue(address: number): Promise<FileHandle> {
    const file = await open(this.path, CONTINUE_FLAGS);
    await file.chmod(BACKUP_MODE);
    await file.truncate(this.#header.length + address);
    return file;
  }

  #foreign(cause?: unknown): PortalError {
    return new PortalError(
      'usage',
      `${this.path} is in the way: it is not what an interrupted backup left. Rename it, or name another file.`,
      { cause },
    );
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
