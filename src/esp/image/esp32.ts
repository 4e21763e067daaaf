// MicroPython images for the ESP32 family: one file with bootloader, partition table and application.
// Layout: Espressif's image format and "Partition Tables" in ESP-IDF's documentation.

import { createHash } from 'node:crypto';
import { PortalError } from '../../errors.js';
import { CHIP_FAMILIES, type ChipFamily, familyOfImage, revisionText } from '../families.js';
import {
  EXTENDED_HEADER_BYTES,
  HASH_APPENDED_AT,
  hasDescription,
  isMicroPythonProject,
  readChipId,
  readRevisions,
} from './extended-header.js';
import { type FilesBehind, findFilesBehind } from './files-behind.js';
import { FLASH_MODES, type RevisionRange, type UnnamedImage } from './firmware-image.js';
import { checkGaps, withoutPadding } from './gaps.js';
import { identifyProgram, type ProgramTexts } from './micropython-texts.js';
import {
  filesRange,
  findApplication,
  findTableFault,
  isErased,
  PARTITION_TABLE,
  type Partition,
  readPartitions,
} from './partition-table.js';
import { ESP_MAGIC, readSegments } from './segments.js';

const HASH_BYTES = 32;

/**
 * @param file from the first image on
 * @param name the file, for messages
 * @returns also images of other programs than MicroPython
 * @throws PortalError `firmware-invalid`, `firmware-damaged`
 */
export function inspectEsp32(file: Uint8Array, name: string): UnnamedImage {
  const chip = chipOf(file, name);
  const offset = CHIP_FAMILIES[chip].imageOffset;
  if (hasDescription(file))
    throw aloneError(name, 'an application without a bootloader, as for an update over the air');
  const partitions = checkTable(file, offset, chip, name);
  const bootloaderEnd = checkImage(file.subarray(0, PARTITION_TABLE.address - offset), 'bootloader', name);
  const application = findApplication(partitions);
  if (!application) {
    throw new PortalError(
      'firmware-invalid',
      `${name} has a bootloader for the ${chip}, but no application.`,
    );
  }
  const appAt = application.address - offset;
  const app = file.subarray(appAt);
  const appBytes = checkImage(app, 'application', name);
  const appChip = chipOf(app, name);
  if (appChip !== chip) {
    throw new PortalError(
      'firmware-invalid',
      `${name} has a bootloader for the ${chip} and an application for the ${appChip}.`,
    );
  }
  if (appBytes > application.sizeBytes) {
    throw new PortalError(
      'firmware-invalid',
      `${name} has an application of ${appBytes} bytes in a partition of ${application.sizeBytes} bytes.`,
    );
  }
  const filledPartitions = checkGaps(file, { name, offset, bootloaderEnd, partitions, application });
  const files = filesBehind(file.subarray(appAt), application.address, partitions);
  const firmware = files ? file.subarray(0, files.address - offset) : file;
  const bytes = withoutPadding(firmware, appAt + appBytes);
  return {
    bytes,
    chip,
    offset,
    ...programOf(app),
    flashMode: FLASH_MODES[file[2] ?? 0],
    neededFlashBytes: Math.max(offset + bytes.length, ...partitions.map(endOf)),
    revisions: commonRevisions(file, app, chip, name),
    partitions,
    filledPartitions,
    files,
  };
}

/** @param behind the file from the application on, which is before the files */
function filesBehind(
  behind: Uint8Array,
  address: number,
  partitions: readonly Partition[],
): FilesBehind | undefined {
  const range = filesRange(partitions, Number.POSITIVE_INFINITY);
  if (!range || range.address <= address) return undefined;
  // Another partition behind the files may have contents, too: all of it is written as it is then.
  if (!isErased(behind.subarray(range.address + range.sizeBytes - address))) return undefined;
  return findFilesBehind(behind, address, [range.address]);
}

function endOf({ address, sizeBytes }: Partition): number {
  return address + sizeBytes;
}

function checkTable(file: Uint8Array, offset: number, chip: ChipFamily, name: string): Partition[] {
  const tableAt = PARTITION_TABLE.address - offset;
  const table = file.subarray(tableAt, tableAt + PARTITION_TABLE.sizeBytes);
  const partitions = readPartitions(table);
  if (partitions.length === 0) throw noTableError(file, tableAt, chip, name);
  const fault = findTableFault(table, partitions);
  if (!fault) return partitions;
  throw new PortalError('firmware-damaged', `${name} is damaged: in its partition table, ${fault}.`);
}

function commonRevisions(file: Uint8Array, app: Uint8Array, chip: ChipFamily, name: string): RevisionRange {
  const [bootloader, application] = [readRevisions(file, chip), readRevisions(app, chip)];
  const min = Math.max(bootloader.min, application.min);
  const max = Math.min(bootloader.max, application.max);
  if (min <= max) return { min, max };
  throw new PortalError(
    'firmware-invalid',
    `${name} runs on no chip: it is for revision ${revisionText(min)} and later, and for ${revisionText(max)} and earlier.`,
  );
}

function chipOf(image: Uint8Array, name: string): ChipFamily {
  const chipId = readChipId(image);
  const chip = familyOfImage(chipId);
  if (chip) return chip;
  throw new PortalError('firmware-invalid', `${name} is for an unknown chip (chip id ${chipId}).`);
}

function programOf(app: Uint8Array): ProgramTexts {
  const program = identifyProgram(app);
  return { ...program, isMicroPython: program.isMicroPython || isMicroPythonProject(app) };
}

function aloneError(name: string, what: string): PortalError {
  return new PortalError(
    'firmware-invalid',
    `${name} is ${what}: a complete firmware has a bootloader, a partition table and an application.`,
  );
}

/** What a file is that has no partition table where a whole firmware has one. */
function noTableError(file: Uint8Array, tableAt: number, chip: ChipFamily, name: string): PortalError {
  const first = readSegments(file, EXTENDED_HEADER_BYTES);
  if (first === undefined || isErased(file.subarray(tableAt)) === false) {
    const isWhole = first?.checksumIsRight && identifyProgram(file).isMicroPython;
    if (isWhole && first.end > tableAt) return aloneError(name, 'an application without a bootloader');
    return new PortalError(
      'firmware-damaged',
      first === undefined
        ? `${name} is incomplete: its bootloader is cut off.`
        : `${name} has a bootloader for the ${chip}, but no partition table at its offset.`,
    );
  }
  return identifyProgram(file).isMicroPython
    ? aloneError(name, 'an application without a bootloader')
    : aloneError(name, `only a bootloader for the ${chip}`);
}

/** @returns where the image ends, its SHA-256 included */
function checkImage(image: Uint8Array, part: string, name: string): number {
  const segments = image[0] === ESP_MAGIC ? readSegments(image, EXTENDED_HEADER_BYTES) : undefined;
  const hasHash = image[HASH_APPENDED_AT] === 1;
  const end = (segments?.end ?? 0) + (hasHash ? HASH_BYTES : 0);
  if (!segments || end > image.length) {
    throw new PortalError('firmware-damaged', `${name} is incomplete: its ${part} is cut off.`);
  }
  const hashIsRight =
    !hasHash || sha256(image.subarray(0, segments.end)).equals(image.subarray(segments.end, end));
  if (!segments.checksumIsRight || !hashIsRight) {
    throw new PortalError(
      'firmware-damaged',
      `${name} is damaged: the checksum of its ${part} does not match.`,
    );
  }
  return end;
}

/** The bootloader's SHA-256 made right again after its header was patched; in place. */
export function renewBootloaderHash(bytes: Uint8Array): void {
  const segments = bytes[HASH_APPENDED_AT] === 1 ? readSegments(bytes, EXTENDED_HEADER_BYTES) : undefined;
  if (segments) bytes.set(sha256(bytes.subarray(0, segments.end)), segments.end);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
