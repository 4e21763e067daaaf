// A record on the disk: appended with one write and synced, private, and for one program at a time.

import { constants, type FileHandle, open, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { PortalError } from '../../../errors.js';
import { fileErrorWords, missingFolder } from '../../../input/file-error.js';
import { FileLocked, lockFile } from '../../../input/lock-file.js';
import { FileProblem, readRegularFile } from '../../../input/regular-file.js';
import type { RecordStorage } from './ledger.js';

const MAX_RECORD_BYTES = 256 * 1024 * 1024;
/** It may have passwords. */
const PRIVATE = 0o600;
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

export class RecordFile implements RecordStorage, AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #unlock: () => void;
  /** As this program wrote it. */
  #sizeBytes: number;

  private constructor(path: string, file: FileHandle, sizeBytes: number, unlock: () => void) {
    this.#sizeBytes = sizeBytes;
    this.#path = path;
    this.#file = file;
    this.#unlock = unlock;
  }

  /**
   * Takes the record for this program.
   * @throws PortalError `output-failed`, also where another program has it
   */
  static async open(path: string): Promise<RecordFile> {
    const unlock = lock(path);
    try {
      const there = await stat(path).catch(() => undefined);
      if (there && !there.isFile()) throw notRegular(path);
      const file = await open(path, APPEND, PRIVATE);
      await file.chmod(PRIVATE);
      if (!there) await syncFolder(dirname(path));
      return new RecordFile(path, file, (await file.stat()).size, unlock);
    } catch (error) {
      unlock();
      throw error instanceof PortalError ? error : cannotOpen(path, fileErrorWords(error), error);
    }
  }

  read(): Promise<Buffer> {
    return readRecord(this.#path);
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#requireUnchanged();
    const { bytesWritten } = await this.#file.write(bytes);
    if (bytesWritten < bytes.length)
      throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
    await this.#file.sync();
    this.#sizeBytes += bytes.length;
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#file.truncate(sizeBytes);
    await this.#file.sync();
    this.#sizeBytes = sizeBytes;
  }

  /** A file that was removed, or saved by an editor, lacks boards: their rows would be used again. */
  async #requireUnchanged(): Promise<void> {
    const own = await this.#file.stat({ bigint: true });
    const there = await stat(this.#path, { bigint: true }).catch(() => undefined);
    const isSame = there?.ino === own.ino && there.dev === own.dev && Number(own.size) === this.#sizeBytes;
    if (isSame) return;
    throw new PortalError(
      'output-failed',
      `${this.#path} was ${there ? 'changed' : 'removed'} while boards were made.`,
      {
        likelyCause: 'An editor or another program wrote, moved or removed the file.',
        next: 'Restore the file with the lines of all boards, and run the same command again.',
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    this.#unlock();
  }
}

/** A record that is only read, also while another program appends to it. */
export function recordReader(path: string): RecordStorage {
  const refuse = () => Promise.reject(new Error('this record is only read'));
  return { read: () => readRecord(path), append: refuse, truncate: refuse };
}

async function readRecord(path: string): Promise<Buffer> {
  try {
    return await readRegularFile(path, { maxBytes: MAX_RECORD_BYTES });
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (error.isMissing) return Buffer.alloc(0);
    throw new PortalError('usage', `${path} ${error.message}.`, { cause: error });
  }
}

function lock(path: string): () => void {
  const file = `${path}.lock`;
  try {
    return lockFile(file, { owner: `${userName()}, since ${new Date().toISOString()}` });
  } catch (error) {
    if (!(error instanceof FileLocked)) throw cannotOpen(path, fileErrorWords(error), error);
    const process = error.processId === undefined ? '' : ` (process ${error.processId})`;
    throw new PortalError(
      'output-failed',
      `${path} is in use by ${error.owner ?? 'another program'}${process}.`,
      {
        cause: error,
        likelyCause: 'Another esp-portal factory makes boards with this record.',
        next: `End that program. If it no longer runs, as after a power cut of another computer, remove ${file}.`,
      },
    );
  }
}

/** A container may have no name for its user. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'a user';
  }
}

/** The name of a new file is in its folder. Windows cannot sync folders, and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  }
}

function cannotOpen(path: string, why: string, cause: unknown): PortalError {
  return new PortalError('output-failed', `${path} cannot be written: ${why}.`, {
    cause,
    ...missingFolder(cause),
  });
}

function notRegular(path: string): PortalError {
  return new PortalError('output-failed', `${path} cannot be written: it is not a regular file.`, {
    likelyCause: 'The name is of something else.',
    next: 'Give "record" in the plan another name.',
  });
}
