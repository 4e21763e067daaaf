// Partition tables of the ESP32 family as the virtual board reads and makes them, and where MicroPython keeps files.
// Layout after Espressif's documentation of partition tables.

import { createHash } from 'node:crypto';
import { isAtLeast } from '../versions.js';
import type { FlashRange, ReadableFlash } from './chip-model.js';

export const PARTITION_TABLE_AT = 0x8000;
const TABLE_BYTES = 0xc00;
const ENTRY_BYTES = 32;
const ENTRY_MAGIC = 0x50aa;
const DIGEST_MAGIC = 0xebeb;
export const TYPE_APP = 0;
const TYPE_DATA = 1;
export const APPLICATION_AT = 0x10000;

export interface Partition {
  readonly type: number;
  readonly subtype: number;
  readonly label: string;
  readonly range: FlashRange;
}

/** From this release on, the table has no row for files: the firmware uses the rest of the flash. */
const FILES_AT_RUN_TIME_SINCE = '1.26';

/** As in MicroPython's partitions-4MiB.csv up to 1.25; later ones end before the last row. */
const ROWS: readonly Partition[] = [
  { type: TYPE_DATA, subtype: 0x02, label: 'nvs', range: { address: 0x9000, sizeBytes: 0x6000 } },
  { type: TYPE_DATA, subtype: 0x01, label: 'phy_init', range: { address: 0xf000, sizeBytes: 0x1000 } },
  {
    type: TYPE_APP,
    subtype: 0x00,
    label: 'factory',
    range: { address: APPLICATION_AT, sizeBytes: 0x1f0000 },
  },
  { type: TYPE_DATA, subtype: 0x81, label: 'vfs', range: { address: 0x200000, sizeBytes: 0x200000 } },
];

/** @returns the partitions of MicroPython's builds for 4 MB */
export function usualPartitions(version: string): readonly Partition[] {
  return isAtLeast(version, FILES_AT_RUN_TIME_SINCE) ? ROWS.slice(0, -1) : ROWS;
}

/** @returns the partitions in the flash's table, or undefined without a table */
export function readPartitions(flash: ReadableFlash): Partition[] | undefined {
  const table = flash.read(PARTITION_TABLE_AT, TABLE_BYTES);
  const view = new DataView(table.buffer);
  const partitions: Partition[] = [];
  for (let offset = 0; offset < table.length; offset += ENTRY_BYTES) {
    if (view.getUint16(offset, true) !== ENTRY_MAGIC) break;
    partitions.push({
      type: view.getUint8(offset + 2),
      subtype: view.getUint8(offset + 3),
      range: { address: view.getUint32(offset + 4, true), sizeBytes: view.getUint32(offset + 8, true) },
      label: Buffer.from(table.subarray(offset + 12, offset + 28))
        .toString('latin1')
        .replace(/\0.*/s, ''),
    });
  }
  return partitions.length > 0 ? partitions : undefined;
}

/** @returns where this release of MicroPython has its files, or undefined when it has no room for any */
export function findFilesystem(
  partitions: readonly Partition[],
  version: string,
  flashSizeBytes: number,
): FlashRange | undefined {
  const row = partitions.find(({ label }) => label === 'vfs')?.range;
  if (row) return row.address + row.sizeBytes <= flashSizeBytes ? row : undefined;
  if (!isAtLeast(version, FILES_AT_RUN_TIME_SINCE)) return undefined;
  const address = Math.max(0, ...partitions.map(({ range }) => range.address + range.sizeBytes));
  return address < flashSizeBytes ? { address, sizeBytes: flashSizeBytes - address } : undefined;
}

export function makePartitionTable(partitions: readonly Partition[]): Uint8Array {
  const table = new Uint8Array(TABLE_BYTES).fill(0xff);
  const view = new DataView(table.buffer);
  for (const [index, { type, subtype, label, range }] of partitions.entries()) {
    const offset = index * ENTRY_BYTES;
    table.fill(0, offset, offset + ENTRY_BYTES);
    view.setUint16(offset, ENTRY_MAGIC, true);
    table.set([type, subtype], offset + 2);
    view.setUint32(offset + 4, range.address, true);
    view.setUint32(offset + 8, range.sizeBytes, true);
    table.set(new TextEncoder().encode(label), offset + 12);
  }
  const entries = table.subarray(0, partitions.length * ENTRY_BYTES);
  view.setUint16(entries.length, DIGEST_MAGIC, true);
  table.set(createHash('md5').update(entries).digest(), entries.length + 16);
  return table;
}
