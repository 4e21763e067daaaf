// Reading files of this computer: regular ones, of a bounded size. Knows nothing of what they are for.

import { constants, type FileHandle, open, stat } from 'node:fs/promises';

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
    this.isMissing = cause?.code === 'ENOENT';
  }
}

/** Large enough to be fast, small enough that an abort is noticed at once. */
const PIECE_BYTES = 256 * 1024;

/**
 * Reads a whole file.
 * @throws FileProblem for a directory, device, pipe or socket, for more than `maxBytes`, for what the system refuses;
 *   the signal's reason
 */
export async function readRegularFile(path: string, { maxBytes, signal }: ReadOptions): Promise<Buffer> {
  try {
    // Before it is opened: opening a serial port may reset a board, opening a pipe may wait for ever.
    requireRegular(await stat(path), maxBytes);
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = await file.stat();
    requireRegular(status, maxBytes);
    return await readAll(file, maxBytes, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof FileProblem) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${message}`;
    throw new FileProblem(problem, error as NodeJS.ErrnoException);
  }
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

function requireRegular(
  status: { isFile(): boolean; isDirectory(): boolean; size: number },
  maxBytes: number,
): void {
  if (!status.isFile()) {
    const kind = status.isDirectory() ? 'a directory' : 'a device, pipe or socket';
    throw new FileProblem(`is ${kind}, not a regular file`);
  }
  requireSize(status.size, maxBytes);
}

function requireSize(sizeBytes: number, maxBytes: number): void {
  if (sizeBytes <= maxBytes) return;
  throw new FileProblem(`is larger than ${megabytes(maxBytes)} MB`);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / (1024 * 1024));
}
