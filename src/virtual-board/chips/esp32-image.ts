// MicroPython images for ESP32 as the virtual board makes and boots them. Knows layouts, not protocols.
// Layouts after Espressif's documentation of the image format and of partition tables.

import { createHash } from 'node:crypto';
import { xorChecksum } from '../checksum.js';
import type { FirmwareVersion, FlashContents, FlashRange } from './chip-model.js';
import { noise } from './noise.js';

const MAGIC = 0xe9;
const HEADER_BYTES = 24;
const HASH_APPENDED_AT = 23;
const SEGMENT_HEADER_BYTES = 8;
const LARGEST_SEGMENT_COUNT = 16;
const HASH_BYTES = 32;
const PARTITION_TABLE_BYTES = 0xc00;
const PARTITION_BYTES = 32;
const PARTITION_MAGIC = 0x50aa;
const TABLE_DIGEST_MAGIC = 0xebeb;
const VERSION_TEXT = /v(\d+\.\d+(?:\.\d+)?)[\w.-]* on (\d{4}-\d\d-\d\d)/;

/** Addresses in flash. */
export const BOOTLOADER_AT = 0x1000;
const PARTITION_TABLE_AT = 0x8000;
const APPLICATION_AT = 0x10000;

/** An image whose checksum, and whose SHA-256 where it has one, are right. */
export interface Esp32Image {
  readonly entryPoint: number;
  readonly segments: readonly { readonly address: number; readonly data: Uint8Array }[];
  /** Up to and with the SHA-256. */
  readonly sizeBytes: number;
}

export interface Partition {
  readonly type: number;
  readonly subtype: number;
  readonly label: string;
  readonly range: FlashRange;
}

const TYPE_APP = 0;
const TYPE_DATA = 1;
/** As in MicroPython's partitions-4MiB.csv. */
export const USUAL_PARTITIONS: readonly Partition[] = [
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

/** @returns the image that begins at this address, or undefined when there is no whole one */
export function readEsp32Image(flash: FlashContents, address: number): Esp32Image | undefined {
  const header = flash.read(address, HEADER_BYTES);
  const [magic, count = 0] = header;
  if (magic !== MAGIC || count === 0 || count > LARGEST_SEGMENT_COUNT) return undefined;
  const segments: { address: number; data: Uint8Array }[] = [];
  let offset = HEADER_BYTES;
  let sum: number | undefined;
  for (let index = 0; index < count; index++) {
    const view = new DataView(flash.read(address + offset, SEGMENT_HEADER_BYTES).buffer);
    const lengthBytes = view.getUint32(4, true);
    offset += SEGMENT_HEADER_BYTES;
    if (address + offset + lengthBytes > flash.sizeBytes) return undefined;
    const data = flash.read(address + offset, lengthBytes);
    segments.push({ address: view.getUint32(0, true), data });
    sum = xorChecksum(data, sum);
    offset += lengthBytes;
  }
  const bodyBytes = (offset | 0xf) + 1;
  if (flash.read(address + bodyBytes - 1, 1)[0] !== sum) return undefined;
  const hasHash = header[HASH_APPENDED_AT] === 1;
  const body = flash.read(address, bodyBytes);
  if (hasHash && !sha256(body).equals(flash.read(address + bodyBytes, HASH_BYTES))) return undefined;
  return {
    entryPoint: new DataView(header.buffer).getUint32(4, true),
    segments,
    sizeBytes: bodyBytes + (hasHash ? HASH_BYTES : 0),
  };
}

/** @returns the partitions that the flash's table lists, or undefined when there is no table */
export function readPartitions(flash: FlashContents): Partition[] | undefined {
  const table = flash.read(PARTITION_TABLE_AT, PARTITION_TABLE_BYTES);
  const view = new DataView(table.buffer);
  const partitions: Partition[] = [];
  for (let offset = 0; offset < table.length; offset += PARTITION_BYTES) {
    if (view.getUint16(offset, true) !== PARTITION_MAGIC) break;
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

/** @returns the first partition that holds an application which can be started, with its version */
export function findApplication(
  flash: FlashContents,
  partitions: readonly Partition[],
): FirmwareVersion | undefined {
  for (const { type, range } of partitions) {
    const image = type === TYPE_APP ? readEsp32Image(flash, range.address) : undefined;
    if (image === undefined || image.sizeBytes > range.sizeBytes) continue;
    const text = Buffer.from(flash.read(range.address, image.sizeBytes)).toString('latin1');
    const [, version, buildDate] = VERSION_TEXT.exec(text) ?? [];
    if (version !== undefined && buildDate !== undefined) return { version, buildDate };
  }
  return undefined;
}

/**
 * Bootloader, partition table and application in one file, as MicroPython's releases are: 95 KB, of which code
 * is noise, for progress to be seen.
 *
 * @returns an image for address 0x1000
 */
export function generateEsp32Firmware(options: { version: string; date: string }): Uint8Array {
  const text = new TextEncoder().encode(`v${options.version} on ${options.date}\0`);
  const readOnlyData = noise(8 * 1024, 3);
  readOnlyData.set(text, 512);
  const application = image(0x40081234, [
    { address: 0x3f400020, data: readOnlyData },
    { address: 0x40080000, data: noise(6 * 1024, 4) },
    { address: 0x400d0020, data: noise(20 * 1024, 5) },
  ]);
  const bootloader = image(0x4008064c, [
    { address: 0x3fff0030, data: new Uint8Array(4604) },
    { address: 0x40078000, data: noise(4 * 1024, 6) },
    { address: 0x40080400, data: noise(1024, 7) },
  ]);
  const file = new Uint8Array(APPLICATION_AT - BOOTLOADER_AT + application.length).fill(0xff);
  file.set(bootloader);
  file.set(partitionTable(USUAL_PARTITIONS), PARTITION_TABLE_AT - BOOTLOADER_AT);
  file.set(application, APPLICATION_AT - BOOTLOADER_AT);
  return file;
}

function image(entryPoint: number, segments: readonly { address: number; data: Uint8Array }[]): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set([MAGIC, segments.length, 0x02, 0x20]); // dio, 4 MB at 40 MHz
  new DataView(header.buffer).setUint32(4, entryPoint, true);
  header[8] = 0xee; // no write-protect pin
  header[HASH_APPENDED_AT] = 1;
  const parts: Uint8Array[] = [header];
  let sum: number | undefined;
  for (const { address, data } of segments) {
    parts.push(new Uint8Array(Uint32Array.of(address, data.length).buffer), data);
    sum = xorChecksum(data, sum);
  }
  const content = Buffer.concat(parts);
  const body = new Uint8Array((content.length | 0xf) + 1);
  body.set(content);
  body[body.length - 1] = sum ?? 0;
  return Buffer.concat([body, sha256(body)]);
}

function partitionTable(partitions: readonly Partition[]): Uint8Array {
  const table = new Uint8Array(PARTITION_TABLE_BYTES).fill(0xff);
  const view = new DataView(table.buffer);
  for (const [index, { type, subtype, label, range }] of partitions.entries()) {
    const offset = index * PARTITION_BYTES;
    table.fill(0, offset, offset + PARTITION_BYTES);
    view.setUint16(offset, PARTITION_MAGIC, true);
    table.set([type, subtype], offset + 2);
    view.setUint32(offset + 4, range.address, true);
    view.setUint32(offset + 8, range.sizeBytes, true);
    table.set(new TextEncoder().encode(label), offset + 12);
  }
  const entries = table.subarray(0, partitions.length * PARTITION_BYTES);
  view.setUint16(entries.length, TABLE_DIGEST_MAGIC, true);
  table.set(createHash('md5').update(entries).digest(), entries.length + 16);
  return table;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
