// A log file that is appended to, and put aside when it has become large: name.1 is the newest of those, name.3 the oldest.

import { closeSync, constants, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';

const KEPT_FILES = 3;
/** Not blocking: opening a pipe without a reader would block. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/** Lines are in the file when `write` returns. */
export class LogFile implements Disposable {
  readonly #path: string;
  readonly #maxBytes: number;
  /** `undefined` after a rotation that failed between closing one file and opening the next. */
  #file: number | undefined;
  #sizeBytes = 0;
  /** A device or pipe keeps its name. */
  #canRotate = true;

  /**
   * @param maxBytes a file that would become larger is put aside
   * @throws PortalError `log-file-failed`
   */
  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#orFail(() => this.#open());
  }

  /** @param line without its end */
  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    this.#orFail(() => {
      const isFull = this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#maxBytes;
      if (isFull && this.#canRotate) this.#rotate();
      // A pipe or a full disk may take a part.
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#open(), bytes, at);
      this.#sizeBytes += bytes.length;
    });
  }

  #open(): number {
    if (this.#file === undefined) {
      this.#file = openSync(this.#path, APPEND, 0o666);
      const status = fstatSync(this.#file);
      this.#sizeBytes = status.size;
      this.#canRotate = status.isFile();
    }
    return this.#file;
  }

  /** Once: the number may be another file's by now. */
  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }

  #rotate(): void {
    this.#close();
    rmSync(`${this.#path}.${KEPT_FILES}`, { force: true });
    for (let number = KEPT_FILES - 1; number >= 1; number--) {
      moveIfThere(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
    }
    moveIfThere(this.#path, `${this.#path}.1`);
    this.#open();
  }

  #orFail(act: () => void): void {
    try {
      act();
    } catch (cause) {
      throw new PortalError(
        'log-file-failed',
        `The log file ${this.#path} cannot be written: ${fileErrorWords(cause)}.`,
        {
          cause,
        },
      );
    }
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
