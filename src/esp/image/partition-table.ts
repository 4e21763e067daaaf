// The partition table of the ESP32 family, and where MicroPython keeps its files by it. Pure: bytes in, facts out.
// Layout: "Partition Tables" in ESP-IDF's documentation and its gen_esp32part.py.

import { createHash } from 'node:crypto';
import { readWord } from './segments.js';

/** Address in flash. */
export const PARTITION_TABLE = { address: 0x8000, sizeBytes: 0xc00 } as const;

const ENTRY_BYTES = 32;
const ENTRY_MAGIC = 0x50aa;
/** `eb eb`, then ff up to the MD5 in the second half of the entry. */
const DIGEST_ENTRY = Buffer.from('ebeb'.padEnd(32, 'f'), 'hex');
const ERASED = 0xff;
const SECTOR_BYTES = 0x1000;
/** Code is mapped in pages of this size. */
const APP_ALIGNMENT_BYTES = 0x10000;
/** The largest flash that an image's header can name. */
const LARGEST_FLASH_BYTES = 128 * 1024 * 1024;

const TABLE_END = PARTITION_TABLE.address + SECTOR_BYTES;

const TYPE_APP = 0;
const TYPE_DATA = 1;
/** Rows of newer tables for the bootloader and the table itself: only these lie in front of its end. */
const TYPES_IN_FRONT = [2, 3];

const SUBTYPE_FACTORY = 0;
const SUBTYPES_OTA = { first: 0x10, last: 0x1f } as const;

/** The partition of MicroPython's files, in the table or registered at run time. */
const FILES_LABEL = 'vfs';

export interface FlashRange {
  readonly address: number;
  readonly sizeBytes: number;
}

export interface Partition extends FlashRange {
  readonly type: number;
  readonly subtype: number;
  readonly label: string;
}

/** @returns the entries at the beginning of a table, unchecked; none without a table */
export function readPartitions(table: Uint8Array): Partition[] {
  const partitions: Partition[] = [];
  for (let at = 0; at + ENTRY_BYTES <= table.length; at += ENTRY_BYTES) {
    if ((readWord(table, at) & 0xffff) !== ENTRY_MAGIC) break;
    const label = Buffer.from(table.subarray(at + 12, at + 28)).toString('latin1');
    partitions.push({
      type: table[at + 2] ?? 0,
      subtype: table[at + 3] ?? 0,
      address: readWord(table, at + 4),
      sizeBytes: readWord(table, at + 8),
      label: label.replace(/\0.*/s, ''),
    });
  }
  return partitions;
}

/**
 * @param table all of it, with what is erased behind its entries
 * @returns what is wrong with it, or `undefined`; tables from before ESP-IDF 3.1 have no MD5
 */
export function findTableFault(table: Uint8Array, partitions: readonly Partition[]): string | undefined {
  let end = partitions.length * ENTRY_BYTES;
  const digest = table.subarray(end, end + ENTRY_BYTES);
  if (Buffer.from(digest.subarray(0, DIGEST_ENTRY.length)).equals(DIGEST_ENTRY)) {
    const md5 = createHash('md5').update(table.subarray(0, end)).digest();
    if (!md5.equals(digest.subarray(DIGEST_ENTRY.length))) return 'its MD5 does not match';
    end += ENTRY_BYTES;
  }
  if (!isErased(table.subarray(end))) return 'it holds entries that are not partitions';
  // The bootloader reads up to an erased entry, and refuses a table without one.
  if (end === PARTITION_TABLE.sizeBytes) return 'no erased entry marks its end';
  return findMisplaced(partitions);
}

function findMisplaced(partitions: readonly Partition[]): string | undefined {
  let before = { end: 0, name: '' };
  for (const partition of partitions.toSorted((a, b) => a.address - b.address)) {
    const { type, address, sizeBytes } = partition;
    const name = JSON.stringify(partition.label);
    if (!isInFront(partition) && before.end < TABLE_END)
      before = { end: TABLE_END, name: 'the table itself' };
    const alignment = type === TYPE_APP ? APP_ALIGNMENT_BYTES : SECTOR_BYTES;
    if (address % alignment !== 0)
      return `partition ${name} begins at ${hex(address)}, which is no multiple of ${hex(alignment)}`;
    if (address < before.end) return `partition ${name} at ${hex(address)} overlaps ${before.name}`;
    before = { end: address + sizeBytes, name };
    if (sizeBytes === 0) return `partition ${name} has no bytes`;
    if (before.end > LARGEST_FLASH_BYTES)
      return `partition ${name} ends at ${hex(before.end)}, behind any flash`;
  }
  return undefined;
}

/** The bootloader and the table itself, which newer tables list. */
export function isInFront({ type }: Partition): boolean {
  return TYPES_IN_FRONT.includes(type);
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

/** The partition that the bootloader starts on a new board: the factory one, or the first of those for updates. */
export function findApplication(partitions: readonly Partition[]): Partition | undefined {
  const { first, last } = SUBTYPES_OTA;
  const applications = partitions.filter(({ type }) => type === TYPE_APP);
  return (
    applications.find(({ subtype }) => subtype === SUBTYPE_FACTORY) ??
    applications
      .filter(({ subtype }) => subtype >= first && subtype <= last)
      .toSorted((a, b) => a.subtype - b.subtype)[0]
  );
}

/** Whether the place of the files is in the table, and not worked out at run time. */
export function hasFilesPartition(partitions: readonly Partition[]): boolean {
  return partitions.some(isFilesPartition);
}

/**
 * Where MicroPython keeps its files. Up to 1.25 the table has a row for them; since 1.26 they begin behind the last
 * partition and take what is left of the flash.
 * @returns `undefined` where nothing is left
 */
export function filesRange(partitions: readonly Partition[], flashSizeBytes: number): FlashRange | undefined {
  const row = partitions.find(isFilesPartition);
  if (row) return { address: row.address, sizeBytes: row.sizeBytes };
  const end = Math.max(...partitions.map(({ address, sizeBytes }) => address + sizeBytes));
  return end < flashSizeBytes ? { address: end, sizeBytes: flashSizeBytes - end } : undefined;
}

function isFilesPartition({ type, label }: Partition): boolean {
  return type === TYPE_DATA && label === FILES_LABEL;
}

/** Erased at its start, and the same one byte further on: a comparison by the computer, for megabytes. */
export function isErased(bytes: Uint8Array): boolean {
  return (
    bytes.length === 0 ||
    (bytes[0] === ERASED && Buffer.compare(bytes.subarray(1), bytes.subarray(0, -1)) === 0)
  );
}
