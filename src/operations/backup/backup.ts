// backup: saves the whole flash of a board in a file.

import { stat } from 'node:fs/promises';
import { PortalError, withBoardState } from '../../errors.js';
import { CHIP_FAMILIES, familyNamed } from '../../esp/families.js';
import { HEADER_BYTES, readHeader } from '../../esp/image/header.js';
import { identifyProgram } from '../../esp/image/micropython-texts.js';
import { findTableFault, PARTITION_TABLE, readPartitions } from '../../esp/image/partition-table.js';
import type { ChipLoader } from '../../esp/loader.js';
import { writeWholeFile } from '../../input/write-whole-file.js';
import type { Port } from '../../port/port.js';
import type { ChipEvent } from '../../progress.js';
import { type LoaderOptions, withLoader } from '../flash/with-loader.js';
import { type Backup, type BackupFacts, encodeBackup } from './backup-file.js';
import { BACKUP_MODE, PartialFile } from './partial-file.js';
import { readWholeFlash } from './read-whole-flash.js';

export interface BackupResult extends Omit<BackupFacts, 'partitions'> {
  readonly file: string;
  /** Of the file: what is erased is not in it. */
  readonly fileBytes: number;
  /** What an interrupted run had read. */
  readonly resumedBytes: number;
}

/**
 * Saves the flash; secrets are in it. A run that is interrupted leaves `FILE.partial`, with which the next one goes on.
 * @param file by default named for the chip and its MAC
 * @throws PortalError as withLoader; `usage` for a file that exists, `output-failed`
 */
export async function backup(
  port: Port,
  file: string | undefined,
  options: LoaderOptions = {},
): Promise<BackupResult> {
  if (file !== undefined) await refuseExisting(file);
  try {
    return await withLoader(port, options, async (loader, chip) => {
      const target = file ?? defaultName(loader.family, chip.mac);
      if (file === undefined) await refuseExisting(target);
      return saveFlash(loader, chip, target, options);
    });
  } catch (error) {
    throw withBoardState(error, 'Nothing on the board was changed.');
  }
}

function defaultName(family: string, mac: string): string {
  return `${family.toLowerCase()}-${mac.replaceAll(':', '')}.backup`;
}

async function refuseExisting(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined)) === undefined) return;
  throw new PortalError('usage', `${file} exists already: name another file, or remove it first.`);
}

/** With a board that is in its loader. */
async function saveFlash(
  loader: ChipLoader,
  { mac, flashSizeBytes }: ChipEvent,
  file: string,
  { onProgress = () => {} }: LoaderOptions,
): Promise<BackupResult> {
  if (flashSizeBytes === 0) throw new PortalError('flash-failed', 'The flash chip does not report its size.');
  onProgress({ event: 'step', step: 'read-flash' });
  const flash = new Uint8Array(flashSizeBytes);
  await using partial = new PartialFile(file, `${loader.family} ${mac} ${flashSizeBytes}`);
  const earlier = await partial.read(flashSizeBytes);
  await readWholeFlash(loader, flash, { earlier, onProgress, onPiece: (piece) => partial.append(piece) });
  const facts: BackupFacts = { chip: loader.family, mac, ...factsOf(flash, loader.family) };
  const parts = encodeBackup({ ...facts, flash } satisfies Backup);
  await writeWholeFile(file, parts, { mode: BACKUP_MODE });
  await partial.remove();
  const { partitions, ...rest } = facts;
  const fileBytes = parts.reduce((sum, { length }) => sum + length, 0);
  return { file, fileBytes, resumedBytes: earlier.length, ...rest };
}

function factsOf(flash: Uint8Array, chip: string): Omit<BackupFacts, 'chip' | 'mac'> {
  const family = familyNamed(chip);
  const offset = family ? CHIP_FAMILIES[family].imageOffset : 0;
  const table = flash.subarray(PARTITION_TABLE.address, PARTITION_TABLE.address + PARTITION_TABLE.sizeBytes);
  const partitions = chip === 'ESP8266' ? [] : readPartitions(table);
  return {
    flashSizeBytes: flash.length,
    flashMode: family && readHeader(flash.subarray(offset, offset + HEADER_BYTES), family).flashMode,
    partitions: findTableFault(table, partitions) ? [] : partitions,
    micropython: identifyProgram(flash).version,
  };
}
