// The files of a board in its flash, by its loader and without its firmware: also where a program locks its author out.
// Only the blocks that are needed are read, and a change writes only those that it concerns.

import { PortalError, withBoardState } from '../../errors.js';
import { familyNamed } from '../../esp/families.js';
import { md5 } from '../../esp/flash-contents.js';
import type { FlashRange } from '../../esp/image/partition-table.js';
import type { ChipLoader } from '../../esp/loader.js';
import { type Change, editLittleFs } from '../../filesystem/littlefs/edit.js';
import {
  type Blocks,
  FilesystemError,
  type LittleFs,
  readLittleFs,
} from '../../filesystem/littlefs/reader.js';
import { LayoutError } from '../../filesystem/littlefs/writer.js';
import { checkFilesystem, LocationError, locateFilesystem } from '../../filesystem/location.js';
import type { BoardEntry } from '../../micropython/board-files.js';
import type { Port } from '../../port/port.js';
import { MANIFEST_FILE, parseManifest } from '../../portal/manifest.js';
import { bytesEvent, type OnProgress } from '../../progress.js';
import { unknownFlashSize, withLoader } from '../flash/with-loader.js';
import {
  type BoardFiles,
  type FilesOptions,
  type ListedEntry,
  markPortalFiles,
  type NewBoardFile,
} from './board-files.js';

const BLOCK_BYTES = 4096;

/**
 * Works with the files while the board is in its loader, and restarts it.
 * @throws PortalError as withLoader; `board-no-filesystem`, `board-no-space`, `usage`, `flash-mismatch`; what `work`
 *   throws
 */
export async function withFlashFiles<T>(
  port: Port,
  options: FilesOptions,
  work: (files: BoardFiles) => Promise<T>,
): Promise<T> {
  const changes: Changes = { begun: 0, done: 0 };
  try {
    // A change that has begun is not begun again: its file may be gone already.
    return await withLoader(
      port,
      { ...options, canRetry: () => changes.begun === 0 },
      async (loader, chip) => {
        const range = await locate(loader, chip.flashSizeBytes);
        return work(new FlashFiles(loader, range, changes, options.onProgress ?? (() => {})));
      },
    );
  } catch (error) {
    throw withBoardState(asPortalError(error), describeState(changes));
  }
}

interface Changes {
  begun: number;
  done: number;
}

function describeState({ begun, done }: Changes): string {
  if (begun === 0) return 'No file on the board was changed.';
  const finished = done === 0 ? '' : ` ${done} file${done === 1 ? '' : 's'} before it are changed.`;
  return begun === done
    ? `${done} file${done === 1 ? ' was' : 's were'} changed.`
    : `The file that was being changed is as before, or as it was to be.${finished}`;
}

/** Where the files are, and whether MicroPython would mount them. */
async function locate(loader: ChipLoader, sizeBytes: number): Promise<FlashRange> {
  const chip = familyNamed(loader.family);
  if (!chip || sizeBytes === 0) throw unknownFlashSize('run the same command without --from-flash');
  const read = (address: number, count: number) => loader.read(address, count);
  const range = await locateFilesystem({ chip, sizeBytes, read });
  checkFilesystem(await loader.read(range.address, 2 * BLOCK_BYTES), range);
  return range;
}

/** Not read yet. */
class MissingBlock extends Error {
  override readonly name = 'MissingBlock';
  readonly block: number;

  constructor(block: number) {
    super(`block ${block} is not read yet`);
    this.block = block;
  }
}

class FlashFiles implements BoardFiles {
  readonly #loader: ChipLoader;
  readonly #range: FlashRange;
  readonly #changes: Changes;
  readonly #onProgress: OnProgress;
  readonly #contents = new Map<number, Uint8Array>();
  readonly #blocks: Blocks;

  constructor(loader: ChipLoader, range: FlashRange, changes: Changes, onProgress: OnProgress) {
    this.#loader = loader;
    this.#range = range;
    this.#changes = changes;
    this.#onProgress = onProgress;
    this.#blocks = {
      imageBytes: range.sizeBytes,
      at: (block) => {
        if ((block + 1) * BLOCK_BYTES > range.sizeBytes) return undefined;
        const bytes = this.#contents.get(block);
        if (!bytes) throw new MissingBlock(block);
        return bytes;
      },
    };
  }

  async list(): Promise<ListedEntry[]> {
    const { entries, damagedFolders } = await this.#filesystem();
    if (damagedFolders.length > 0)
      throw new FilesystemError('damaged', `The folder /${damagedFolders[0]} cannot be read.`);
    const manifest = entries.find(({ path, kind }) => path === MANIFEST_FILE && kind === 'file');
    const text = manifest ? Buffer.from(await this.read({ path: MANIFEST_FILE })).toString() : '';
    const found = entries
      .map((entry) => ({
        path: entry.path,
        kind: entry.kind,
        sizeBytes: entry.kind === 'file' ? entry.sizeBytes : 0,
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    return markPortalFiles(
      found,
      parseManifest(text).map(({ path }) => path),
    );
  }

  async read({ path }: Pick<BoardEntry, 'path'>): Promise<Uint8Array> {
    const { entries } = await this.#filesystem();
    const file = entries.find((entry) => entry.path === path);
    if (file?.kind !== 'file') throw new PortalError('board-no-file', `The board has no file ${path}.`);
    return this.#withBlocks(() => file.read());
  }

  async write(files: readonly NewBoardFile[]): Promise<void> {
    this.#onProgress({ event: 'step', step: 'write-files' });
    await this.#changeAll(files.map((file) => ({ kind: 'write', ...file })));
  }

  async remove(files: readonly string[], folders: readonly string[]): Promise<void> {
    if (folders.length > 0) {
      throw new PortalError('usage', `With --from-flash files are removed, not folders: ${folders[0]}.`, {
        next: 'Name the files in it, one by one.',
      });
    }
    this.#onProgress({ event: 'step', step: 'remove-files' });
    await this.#changeAll(files.map((path) => ({ kind: 'remove', path })));
  }

  #filesystem(): Promise<LittleFs> {
    return this.#withBlocks(() => readLittleFs(this.#blocks));
  }

  /** Does it again with each block that it lacks. */
  async #withBlocks<T>(work: () => T): Promise<T> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof MissingBlock)) throw error;
        const bytes = await this.#loader.read(this.#address(error.block), BLOCK_BYTES);
        this.#contents.set(error.block, bytes);
      }
    }
  }

  #address(block: number): number {
    return this.#range.address + block * BLOCK_BYTES;
  }

  /** One file after the other; each has its old content or its new one, whenever the power fails. */
  async #changeAll(changes: readonly Change[]): Promise<void> {
    const startedAt = performance.now();
    for (const [index, change] of changes.entries()) {
      await this.#change(change);
      const elapsedMs = performance.now() - startedAt;
      this.#onProgress(
        bytesEvent({
          step: change.kind === 'write' ? 'write-files' : 'remove-files',
          doneBytes: index + 1,
          totalBytes: changes.length,
          elapsedMs,
        }),
      );
    }
  }

  async #change(change: Change): Promise<void> {
    const writes = await this.#withBlocks(() => editLittleFs(this.#blocks, change)).catch(
      async (error: unknown) => {
        throw await this.#withLargest(error);
      },
    );
    const { Compression } = await import('../../esp/compression.js');
    this.#changes.begun++;
    for (const { block, bytes } of writes) {
      using data = new Compression(bytes);
      await this.#loader.write(this.#address(block), data);
      await this.#verify(block, bytes);
      this.#contents.set(block, bytes);
    }
    this.#changes.done++;
  }

  async #verify(block: number, bytes: Uint8Array): Promise<void> {
    if ((await this.#loader.md5(this.#address(block), bytes.length)) === md5(bytes)) return;
    if (await this.#loader.isWriteProtected())
      throw new PortalError('flash-protected', 'The flash chip is write-protected.');
    const address = `0x${this.#address(block).toString(16).padStart(6, '0')}`;
    throw new PortalError('flash-mismatch', `The flash differs from what was written at ${address}.`);
  }

  async #withLargest(error: unknown): Promise<unknown> {
    if (!(error instanceof LayoutError) || error.kind !== 'no-space') return error;
    const largest = (await this.list())
      .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, 3)
      .map(({ path, sizeBytes }) => `${path} (${(sizeBytes / 1000).toFixed(1)} KB)`);
    return new PortalError(
      'board-no-space',
      `${error.message} The largest files on the board: ${largest.join(', ')}.`,
      { cause: error },
    );
  }
}

interface Advice {
  readonly likelyCause: string;
  readonly next: string;
}

const BY_MICROPYTHON = 'Let MicroPython read the files: run the same command without --from-flash.';
const NO_FIRMWARE: Advice = {
  likelyCause: 'The flash is blank, or holds another program.',
  next: 'Install MicroPython and the portal: esp-portal setup --port PORT',
};

/** Where the filesystem is not damaged: see the error table for that. */
const ADVICE: Readonly<Partial<Record<(FilesystemError | LocationError)['kind'], Advice>>> = {
  fat: { likelyCause: 'esp-portal itself reads LittleFS only.', next: BY_MICROPYTHON },
  erased: { likelyCause: 'MicroPython makes its filesystem when it starts.', next: BY_MICROPYTHON },
  'no-room': {
    likelyCause: 'The build is the one without a filesystem (512 KB), or is for a larger flash.',
    next: 'Write the build for this flash: esp-portal flash --port PORT. For files, a board needs 1 MB of flash or more.',
  },
  'no-table': NO_FIRMWARE,
  'no-firmware': NO_FIRMWARE,
};

/** Errors of the filesystem, wrapped once. */
function asPortalError(error: unknown): unknown {
  if (error instanceof LayoutError) return new PortalError('usage', error.message, { cause: error });
  if (error instanceof FilesystemError || error instanceof LocationError)
    return new PortalError('board-no-filesystem', error.message, { cause: error, ...ADVICE[error.kind] });
  return error;
}
