// Reads regular files of limited size. Independent of their purpose.

import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { constants, type FileHandle, open, stat } from 'node:fs/promises';
import { fileErrorWords, isMissing } from './file-error.js';

interface ReadOptions {
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Why a file was not read: `is a directory, not a regular file`. Callers put the path before it. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
  /** No file of this name. */
  readonly isMissing: boolean;

  constructor(message: string, cause?: NodeJS.ErrnoException) {
    super(message, cause && { cause });
    this.isMissing = cause !== undefined && isMissing(cause);
  }
}

const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'does not exist'],
  ['ELOOP', 'is a symbolic link in a loop'],
]);

/** Large enough to be fast, small enough that an abort is noticed at once. */
const PIECE_BYTES = 256 * 1024;

/** How often a file is read that another program writes meanwhile. */
const ATTEMPTS = 3;

const CHANGES = 'changes while it is read';

const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a whole file, as it was at one moment.
 * @throws FileProblem for a directory, device, pipe or socket, for more than `maxBytes`, for what the system refuses,
 *   for one that changes all the time;
 *   the signal's reason
 */
export async function readRegularFile(path: string, { maxBytes, signal }: ReadOptions): Promise<Buffer> {
  try {
    // Before it is opened: opening a serial port may reset a board, opening a pipe may block.
    requireRegular(await stat(path), maxBytes);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await using file = await open(path, READ_FLAGS);
      const before = await file.stat({ bigint: true });
      requireRegular(before, maxBytes);
      const bytes = await readAll(file, maxBytes, signal);
      if (isSameVersion(before, await file.stat({ bigint: true }))) return bytes;
    }
    throw new FileProblem(CHANGES);
  } catch (error) {
    signal?.throwIfAborted();
    throw asProblem(error);
  }
}

/**
 * The same synchronously, for small files.
 * @throws FileProblem as readRegularFile
 */
export function readRegularFileSync(path: string, { maxBytes }: Pick<ReadOptions, 'maxBytes'>): Buffer {
  try {
    requireRegular(statSync(path), maxBytes);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const file = openSync(path, READ_FLAGS);
      try {
        const before = fstatSync(file, { bigint: true });
        requireRegular(before, maxBytes);
        const bytes = readAllSync(file, maxBytes);
        if (isSameVersion(before, fstatSync(file, { bigint: true }))) return bytes;
      } finally {
        closeSync(file);
      }
    }
    throw new FileProblem(CHANGES);
  } catch (error) {
    throw asProblem(error);
  }
}

function asProblem(error: unknown): FileProblem {
  if (error instanceof FileProblem) return error;
  const { code } = error as NodeJS.ErrnoException;
  const problem = PROBLEMS.get(code ?? '') ?? `cannot be read: ${fileErrorWords(error)}`;
  return new FileProblem(problem, error as NodeJS.ErrnoException);
}

function readAllSync(file: number, maxBytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(maxBytes + 1);
  let total = 0;
  for (let count = -1; count !== 0 && total < buffer.length; total += count) {
    count = readSync(file, buffer, total, buffer.length - total, null);
  }
  requireSize(total, maxBytes);
  return buffer.subarray(0, total);
}

async function readAll(file: FileHandle, maxBytes: number, signal: AbortSignal | undefined): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let total = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE_BYTES));
    if (bytesRead === 0) return Buffer.concat(pieces, total);
    total += bytesRead;
    requireSize(total, maxBytes); // files such as /proc/kmsg report a size of 0
    pieces.push(buffer.subarray(0, bytesRead));
  }
}

/** Nothing was written to it in between: what was read is not half of one version and half of another. */
function isSameVersion(before: BigIntStats, after: BigIntStats): boolean {
  return before.mtimeNs === after.mtimeNs && before.size === after.size;
}

function requireRegular(
  status: { isFile(): boolean; isDirectory(): boolean; size: number | bigint },
  maxBytes: number,
): void {
  if (!status.isFile()) {
    const kind = status.isDirectory() ? 'a directory' : 'a device, pipe or socket';
    throw new FileProblem(`is ${kind}, not a regular file`);
  }
  requireSize(status.size, maxBytes);
}

function requireSize(sizeBytes: number | bigint, maxBytes: number): void {
  if (sizeBytes <= maxBytes) return;
  throw new FileProblem(`is larger than ${sizeWords(maxBytes)}`);
}

function sizeWords(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${Math.round(bytes / (1024 * 1024))} MB`;
}
