// MicroPython images for the ESP32 family as the virtual board generates and boots them. Independent of protocols.
// Layout after Espressif's documentation of the image format.

import { createHash } from 'node:crypto';
import { buildNameText, findBuildName, type RevisionRange } from './builds.js';
import { xorChecksum } from './checksum.js';
import type { FirmwareVersion, ReadableFlash } from './chip-model.js';
import {
  APPLICATION_AT,
  makePartitionTable,
  PARTITION_TABLE_AT,
  type Partition,
  TYPE_APP,
  usualPartitions,
} from './esp32-partitions.js';
import { noise } from './noise.js';

const MAGIC = 0xe9;
const HEADER_BYTES = 24;
const CHIP_ID_AT = 12;
/** Smallest and largest, two bytes each. */
const REVISIONS_AT = 15;
const HASH_APPENDED_AT = 23;
const SEGMENT_HEADER_BYTES = 8;
const LARGEST_SEGMENT_COUNT = 16;
const HASH_BYTES = 32;
const VERSION_TEXT = /v(\d+\.\d+(?:\.\d+)?)[\w.-]* on (\d{4}-\d\d-\d\d)/;

/** Begins the description at the start of an application. */
const DESCRIPTION_MAGIC = 0xabcd5432;
const PROJECT_NAME_AT = 48;

/** Chips that an image is for: its number, and where it belongs. */
export interface ImageTarget {
  readonly chipId: number;
  readonly bootloaderAt: number;
  /** Revisions in hundredths that its builds require. */
  readonly revisions: RevisionRange;
}

/** An image whose checksum, and whose SHA-256 where it has one, are right. */
export interface Esp32Image {
  readonly entryPoint: number;
  readonly segments: readonly { readonly address: number; readonly data: Uint8Array }[];
  /** Up to and with the SHA-256. */
  readonly sizeBytes: number;
  readonly revisions: RevisionRange;
}

/** A complete MicroPython, with the chip in its header. */
export interface Application extends FirmwareVersion {
  readonly revisions: RevisionRange;
}

/** @returns the image at this address, or undefined if it is incomplete */
export function readEsp32Image(flash: ReadableFlash, address: number): Esp32Image | undefined {
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
    revisions: {
      min: new DataView(header.buffer).getUint16(REVISIONS_AT, true),
      max: new DataView(header.buffer).getUint16(REVISIONS_AT + 2, true),
    },
  };
}

/** @returns the first partition with a valid application, with its version */
export function findApplication(
  flash: ReadableFlash,
  partitions: readonly Partition[],
): Application | undefined {
  for (const { type, range } of partitions) {
    const image = type === TYPE_APP ? readEsp32Image(flash, range.address) : undefined;
    if (image === undefined || image.sizeBytes > range.sizeBytes) continue;
    const text = Buffer.from(flash.read(range.address, image.sizeBytes)).toString('latin1');
    const [, version, buildDate] = VERSION_TEXT.exec(text) ?? [];
    if (version !== undefined && buildDate !== undefined)
      return { version, buildDate, buildName: findBuildName(text), revisions: image.revisions };
  }
  return undefined;
}

/**
 * Bootloader, partition table and application in one file, as MicroPython's releases are: 95 KB, of which code
 * is noise, to show progress.
 */
export function generateEsp32Firmware(
  target: ImageTarget,
  { version, date, buildName }: { version: string; date: string; buildName: string },
): Uint8Array {
  const { bootloaderAt } = target;
  const readOnlyData = noise(8 * 1024, 3);
  readOnlyData.set(description());
  readOnlyData.set(
    new TextEncoder().encode(`v${version} on ${date}\0${buildNameText(version, buildName)}`),
    512,
  );
  const application = image(target, 0x40081234, [
    { address: 0x3f400020, data: readOnlyData },
    { address: 0x40080000, data: noise(6 * 1024, 4) },
    { address: 0x400d0020, data: noise(20 * 1024, 5) },
  ]);
  const bootloader = image(target, 0x4008064c, [
    { address: 0x3fff0030, data: new Uint8Array(4604) },
    { address: 0x40078000, data: noise(4 * 1024, 6) },
    { address: 0x40080400, data: noise(1024, 7) },
  ]);
  const file = new Uint8Array(APPLICATION_AT - bootloaderAt + application.length).fill(0xff);
  file.set(bootloader);
  file.set(makePartitionTable(usualPartitions(version)), PARTITION_TABLE_AT - bootloaderAt);
  file.set(application, APPLICATION_AT - bootloaderAt);
  return file;
}

/** As much of an application's description as names its project. */
function description(): Uint8Array {
  const bytes = new Uint8Array(256);
  new DataView(bytes.buffer).setUint32(0, DESCRIPTION_MAGIC, true);
  bytes.set(new TextEncoder().encode('micropython'), PROJECT_NAME_AT);
  return bytes;
}

function image(
  { chipId, revisions }: ImageTarget,
  entryPoint: number,
  segments: readonly { address: number; data: Uint8Array }[],
): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set([MAGIC, segments.length, 0x02, 0x20]); // dio, 4 MB at 40 MHz
  new DataView(header.buffer).setUint32(4, entryPoint, true);
  header[8] = 0xee; // no write-protect pin
  header[CHIP_ID_AT] = chipId;
  new DataView(header.buffer).setUint16(REVISIONS_AT, revisions.min, true);
  new DataView(header.buffer).setUint16(REVISIONS_AT + 2, revisions.max, true);
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

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
