// What lies between the parts of an ESP32 image, and behind them.

import { PortalError } from '../../errors.js';
import { isErased, isInFront, PARTITION_TABLE, type Partition } from './partition-table.js';

const SECTOR_BYTES = 0x1000;
/** Begins the sector with the signatures of a signed image. */
const SIGNATURE_MAGIC = 0xe7;

interface Layout {
  readonly name: string;
  readonly offset: number;
  readonly bootloaderEnd: number;
  readonly partitions: readonly Partition[];
  readonly application: Partition;
}

/**
 * What lies between bootloader, table and application is erased in a release.
 * @returns the data partitions in the gap that are not empty, as in an image that was merged with settings
 * @throws PortalError `firmware-damaged` for anything outside of partitions
 */
export function checkGaps(file: Uint8Array, layout: Layout): string[] {
  const { name, offset, partitions, application } = layout;
  const tableAt = PARTITION_TABLE.address - offset;
  const data = partitions
    .filter((partition) => partition.address < application.address && !isInFront(partition))
    .toSorted((a, b) => a.address - b.address);
  const filled: string[] = [];
  let from = endWithSignature(file, layout.bootloaderEnd);
  checkErased(file, from, tableAt, 'bootloader and partition table', name);
  from = tableAt + PARTITION_TABLE.sizeBytes;
  for (const { label, address, sizeBytes } of data) {
    checkErased(file, from, address - offset, 'partition table and application', name);
    from = address - offset + sizeBytes;
    if (!isErased(file.subarray(address - offset, from))) filled.push(label);
  }
  checkErased(file, from, application.address - offset, 'partition table and application', name);
  return filled;
}

function checkErased(file: Uint8Array, from: number, to: number, between: string, name: string): void {
  const at = file.subarray(from, Math.max(from, to)).findIndex((byte) => byte !== 0xff);
  if (at < 0) return;
  throw new PortalError(
    'firmware-damaged',
    `${name} is damaged: between ${between}, byte 0x${(from + at).toString(16)} of the file is not 0xff.`,
  );
}

/** A signature fills the sector behind the image that it signs. */
function endWithSignature(file: Uint8Array, end: number): number {
  const nextSector = Math.ceil(end / SECTOR_BYTES) * SECTOR_BYTES;
  return file[nextSector] === SIGNATURE_MAGIC && isErased(file.subarray(end, nextSector))
    ? nextSector + SECTOR_BYTES
    : end;
}

/** Erased bytes at the end carry nothing, and would be written over the files of a board. */
export function withoutPadding(file: Uint8Array, appEnd: number): Uint8Array {
  const last = file.findLastIndex((byte) => byte !== 0xff);
  return file.subarray(0, Math.max(appEnd, last + 1));
}
