// restore: writes a backup back, where the flash differs from it, and verifies it.

import { PortalError, withBoardState } from '../../errors.js';
import { firstDifference, md5 } from '../../esp/flash-contents.js';
import type { ChipLoader } from '../../esp/loader.js';
import { FileProblem, readRegularFile } from '../../input/regular-file.js';
import type { Port } from '../../port/port.js';
import { bytesEvent, type ChipEvent } from '../../progress.js';
import { type LoaderOptions, withLoader } from '../flash/with-loader.js';
import { type Backup, decodeBackup, PIECE_BYTES } from './backup-file.js';

/** No flash is larger, and the line in front of it is short. */
const LARGEST_FILE_BYTES = 130 * 1024 * 1024;
/** Pieces that are written at once: what is compressed takes memory. */
const PIECES_AT_ONCE = 16;

export interface RestoreOptions extends LoaderOptions {
  /** Whether the backup of another board of the same kind may be written: a copy. `false` by default. */
  readonly otherBoard?: boolean | ((backupMac: string, boardMac: string) => Promise<boolean>) | undefined;
}

export interface RestoreResult {
  readonly chip: string;
  readonly mac: string;
  /** Of the board that was saved. */
  readonly backupMac: string;
  readonly micropython: string | undefined;
  /** Bytes of flash that differed. */
  readonly writtenBytes: number;
  readonly flashSizeBytes: number;
}

/**
 * Makes the flash what it was.
 * @throws PortalError as withLoader; `backup-invalid`, `backup-other-board`, `flash-mismatch`, `flash-protected`
 */
export async function restore(
  port: Port,
  file: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const saved = decodeBackup(await readBackup(file, options.signal), file);
  let leaves = 'Nothing on the board was changed.';
  try {
    return await withLoader(port, options, async (loader, chip) => {
      await checkBoard(saved, loader.family, chip, options);
      const runs = await differingRuns(loader, saved.flash, options);
      if (runs.length > 0) leaves = 'The flash is partly written; the same command finishes this.';
      await writeRuns(loader, saved.flash, runs, options);
      leaves = 'The flash is as it was saved.';
      const writtenBytes = runs.reduce((sum, { start, end }) => sum + end - start, 0);
      const { mac, flashSizeBytes } = chip;
      const { mac: backupMac, micropython } = saved;
      return { chip: chip.chip, mac, backupMac, micropython, writtenBytes, flashSizeBytes };
    });
  } catch (error) {
    throw withBoardState(error, leaves);
  }
}

async function readBackup(file: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await readRegularFile(file, { maxBytes: LARGEST_FILE_BYTES, signal });
  } catch (error) {
    if (error instanceof FileProblem)
      throw new PortalError('usage', `${file} ${error.message}.`, { cause: error });
    throw error;
  }
}

async function checkBoard(
  saved: Backup,
  family: string,
  { mac, flashSizeBytes }: ChipEvent,
  { otherBoard = false }: RestoreOptions,
): Promise<void> {
  const kind = (chip: string, sizeBytes: number) => `an ${chip} with ${sizeBytes} bytes of flash`;
  const [wanted, found] = [kind(saved.chip, saved.flashSizeBytes), kind(family, flashSizeBytes)];
  if (wanted !== found)
    throw new PortalError('backup-other-board', `The backup is of ${wanted}, the board is ${found}.`);
  if (saved.mac === mac) return;
  if (typeof otherBoard === 'boolean' ? otherBoard : await otherBoard(saved.mac, mac)) return;
  throw new PortalError(
    'backup-other-board',
    `The backup is of the board with MAC ${saved.mac}, this board has ${mac}.`,
    {
      likelyCause: 'Another board of the same kind is connected.',
      next: 'To make this board a copy of the other one, stored network included, add --other-board.',
    },
  );
}

interface Run {
  readonly start: number;
  readonly end: number;
}

/** Where the flash differs from the backup, in whole pieces. */
async function differingRuns(loader: ChipLoader, flash: Uint8Array, options: LoaderOptions): Promise<Run[]> {
  const { onProgress = () => {} } = options;
  onProgress({ event: 'step', step: 'compare-flash' });
  const startedAt = performance.now();
  const runs: Run[] = [];
  for (let start = 0; start < flash.length; start += PIECE_BYTES) {
    const end = Math.min(start + PIECE_BYTES, flash.length);
    const isSame = (await loader.md5(start, end - start)) === md5(flash.subarray(start, end));
    onProgress(
      bytesEvent({
        step: 'compare-flash',
        doneBytes: end,
        totalBytes: flash.length,
        elapsedMs: performance.now() - startedAt,
      }),
    );
    if (isSame) continue;
    const last = runs.at(-1);
    const isNext = last?.end === start && end - last.start <= PIECES_AT_ONCE * PIECE_BYTES;
    if (isNext) runs.splice(-1, 1, { start: last.start, end });
    else runs.push({ start, end });
  }
  return runs;
}

async function writeRuns(
  loader: ChipLoader,
  flash: Uint8Array,
  runs: readonly Run[],
  { signal, onProgress = () => {} }: LoaderOptions,
): Promise<void> {
  if (runs.length === 0) return;
  const { Compression } = await import('../../esp/compression.js');
  onProgress({ event: 'step', step: 'write-flash' });
  const totalBytes = runs.reduce((sum, { start, end }) => sum + end - start, 0);
  const startedAt = performance.now();
  let doneBytes = 0;
  for (const { start, end } of runs) {
    const bytes = flash.subarray(start, end);
    using data = new Compression(bytes, signal);
    await loader.write(start, data);
    if ((await loader.md5(start, bytes.length)) !== md5(bytes)) throw await mismatch(loader, start, bytes);
    doneBytes += bytes.length;
    onProgress(
      bytesEvent({ step: 'write-flash', doneBytes, totalBytes, elapsedMs: performance.now() - startedAt }),
    );
  }
}

async function mismatch(loader: ChipLoader, start: number, bytes: Uint8Array): Promise<PortalError> {
  if (await loader.isWriteProtected())
    return new PortalError('flash-protected', 'The flash chip is write-protected.');
  const at = await firstDifference(loader, start, bytes);
  const address = `0x${at.toString(16).padStart(6, '0')}`;
  return new PortalError(
    'flash-mismatch',
    `The flash differs from the backup; the first wrong sector is at ${address}.`,
  );
}
