// Saves the flash of a board that is in its loader in a file.

import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PortalError } from '../../errors.js';
import { CHIP_FAMILIES, familyNamed } from '../../esp/families.js';
import { HEADER_BYTES, readHeader } from '../../esp/image/header.js';
import { identifyProgram } from '../../esp/image/micropython-texts.js';
import { findTableFault, PARTITION_TABLE, readPartitions } from '../../esp/image/partition-table.js';
import type { ChipLoader } from '../../esp/loader.js';
import { writeWholeFile } from '../../input/write-whole-file.js';
import type { ChipEvent, OnProgress } from '../../progress.js';
import { unknownFlashSize } from '../flash/with-loader.js';
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
 * @param loader of a board that is in its stub
 * @param name the file, by default named for the chip and its MAC
 * @throws PortalError `usage` for a file that exists, `output-failed`; as ChipLoader.read
 */
export async function saveFlash(
  loader: ChipLoader,
  { mac, flashSizeBytes }: ChipEvent,
  name: string | undefined,
  { onProgress = () => {} }: { onProgress?: OnProgress | undefined },
): Promise<BackupResult> {
  if (flashSizeBytes === 0)
    throw unknownFlashSize('copy its files: esp-portal backup FOLDER --files --port PORT');
  const file = name ?? defaultName(loader.family, mac);
  await refuseExisting(file);
  onProgress({ event: 'step', step: 'read-flash' });
  const flash = new Uint8Array(flashSizeBytes);
  await using partial = new PartialFile(file, `${loader.family} ${mac} ${flashSizeBytes}`);
  const earlier = await partial.read(flashSizeBytes);
  try {
    await readWholeFlash(loader, flash, { earlier, onProgress, onPiece: partial.append.bind(partial) });
    const facts: BackupFacts = { chip: loader.family, mac, ...factsOf(flash, loader.family) };
    const parts = encodeBackup({ ...facts, flash } satisfies Backup);
    await writeWholeFile(file, parts, { mode: BACKUP_MODE });
    await partial.remove();
    return describe(file, parts, earlier.length, facts);
  } catch (error) {
    throw partial.withAdvice(error);
  }
}

function describe(
  file: string,
  parts: readonly Uint8Array[],
  resumedBytes: number,
  facts: BackupFacts,
): BackupResult {
  const { partitions, ...rest } = facts;
  const fileBytes = parts.reduce((sum, { length }) => sum + length, 0);
  return { file, fileBytes, resumedBytes, ...rest };
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

function defaultName(family: string, mac: string): string {
  return `${family.toLowerCase()}-${mac.replaceAll(':', '')}.backup`;
}

/** @throws PortalError `usage` for a file that exists, or whose folder does not */
export async function refuseExisting(file: string): Promise<void> {
  const folder = dirname(file);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new PortalError('usage', `${file} cannot be written: there is no folder ${folder}.`);
  if ((await stat(file).catch(() => undefined)) === undefined) return;
  throw new PortalError('usage', `${file} exists already: name another file, or remove it first.`, {
    likelyCause: 'It is an earlier backup.',
    next: 'Run the same command again with another name: FILE of backup, --backup FILE of flash and setup.',
  });
}
