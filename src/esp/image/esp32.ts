// MicroPython images for the ESP32 family: one file with bootloader, partition table and application.
// Layout: Espressif's image format and "Partition Tables" in ESP-IDF's documentation.

import { createHash } from 'node:crypto';
import { PortalError } from '../../errors.js';
import { CHIP_FAMILIES, familyOfImage } from '../families.js';
import { type FirmwareImage, FLASH_MODES, findVersion } from './firmware-image.js';
import { ESP_MAGIC, readSegments, readWord } from './segments.js';

const HEADER_BYTES = 24;
const CHIP_ID_AT = 12;
/** 1 in this byte of the header: the SHA-256 of the image follows it. */
const HASH_APPENDED_AT = 23;
const HASH_BYTES = 32;

/** Addresses in flash. */
export const PARTITION_TABLE = { address: 0x8000, sizeBytes: 0xc00 } as const;
const PARTITION_BYTES = 32;
const PARTITION_MAGIC = 0x50aa;
const TYPE_APP = 0;

interface Partition {
  readonly type: number;
  readonly address: number;
  readonly sizeBytes: number;
}

/**
 * @param name the file, for messages
 * @throws PortalError `firmware-invalid`, `firmware-damaged`
 */
export function inspectEsp32(bytes: Uint8Array, name: string): FirmwareImage {
  const chipId = (bytes[CHIP_ID_AT] ?? 0) | ((bytes[CHIP_ID_AT + 1] ?? 0) << 8);
  const chip = familyOfImage(chipId);
  if (!chip) {
    throw new PortalError(
      'firmware-invalid',
      `${name} is for a chip that is not known here (number ${chipId}).`,
    );
  }
  const offset = CHIP_FAMILIES[chip].imageOffset;
  const bootloader = bytes.subarray(0, PARTITION_TABLE.address - offset);
  if (isApplicationAlone(bytes)) {
    throw new PortalError(
      'firmware-invalid',
      `${name} is an application alone, as for an update over the air: bootloader and partition table are missing.`,
    );
  }
  checkImage(bootloader, 'bootloader', name);
  const partitions = readPartitions(bytes.subarray(PARTITION_TABLE.address - offset));
  const application = partitions.find(({ type }) => type === TYPE_APP);
  if (!application) {
    throw new PortalError(
      'firmware-invalid',
      `${name} has a bootloader for the ${chip}, but no application.`,
    );
  }
  checkImage(bytes.subarray(application.address - offset), 'application', name);
  const ends = partitions.map(({ address, sizeBytes }) => address + sizeBytes);
  return {
    bytes,
    chip,
    offset,
    version: findVersion(bytes),
    flashMode: FLASH_MODES[bytes[2] ?? 0],
    neededFlashBytes: Math.max(offset + bytes.length, ...ends),
  };
}

/** The first image fills the file: there is nothing behind it that a bootloader would start. */
function isApplicationAlone(bytes: Uint8Array): boolean {
  const segments = readSegments(bytes, HEADER_BYTES);
  return segments !== undefined && bytes.length - segments.end <= HASH_BYTES;
}

function checkImage(image: Uint8Array, part: string, name: string): void {
  const segments = image[0] === ESP_MAGIC ? readSegments(image, HEADER_BYTES) : undefined;
  if (!segments || segments.end + HASH_BYTES > image.length) {
    throw new PortalError('firmware-damaged', `${name} is cut short: its ${part} is not whole.`);
  }
  const stored = image.subarray(segments.end, segments.end + HASH_BYTES);
  const hashIsRight = image[HASH_APPENDED_AT] !== 1 || sha256(image.subarray(0, segments.end)).equals(stored);
  if (!segments.checksumIsRight || !hashIsRight) {
    throw new PortalError(
      'firmware-damaged',
      `${name} is altered: the checksum of its ${part} does not match.`,
    );
  }
}

/**
 * @param table from its first byte on
 * @returns none where there is no partition table
 */
export function readPartitions(table: Uint8Array): Partition[] {
  const partitions: Partition[] = [];
  for (let at = 0; at + PARTITION_BYTES <= table.length; at += PARTITION_BYTES) {
    if ((readWord(table, at) & 0xffff) !== PARTITION_MAGIC) break;
    partitions.push({
      type: table[at + 2] ?? 0,
      address: readWord(table, at + 4),
      sizeBytes: readWord(table, at + 8),
    });
  }
  return partitions;
}

/** The bootloader's SHA-256 made right again after its header was patched; in place. */
export function renewBootloaderHash(bytes: Uint8Array): void {
  const segments = bytes[HASH_APPENDED_AT] === 1 ? readSegments(bytes, HEADER_BYTES) : undefined;
  if (segments) bytes.set(sha256(bytes.subarray(0, segments.end)), segments.end);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
