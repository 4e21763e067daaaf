// Examines what the flash of a board holds, to decide what can be kept.

import { createHash } from 'node:crypto';
import { ESP8266_LENGTH_AT, ESP8266_MD5_BYTES, ESP8266_UNSUMMED_BYTES } from './image/esp8266.js';
import { APPLICATION_HEAD_BYTES, isMicroPythonProject } from './image/extended-header.js';
import type { FirmwareImage } from './image/firmware-image.js';
import { forBoard, HEADER_BYTES, type HeaderSettings, readHeader } from './image/header.js';
import {
  filesRange,
  findApplication,
  findTableFault,
  hasFilesPartition,
  PARTITION_TABLE,
  type Partition,
  readPartitions,
} from './image/partition-table.js';

/** What is needed of a loader to find out. */
interface FlashReader {
  read(address: number, sizeBytes: number): Promise<Uint8Array>;
  md5(address: number, sizeBytes: number): Promise<string>;
}

/**
 * `same`: this very image. `blank`: nothing, or this image whose writing was cut short. `micropython`: a MicroPython
 * with the same layout, whose files the next one will find. `other-layout`: one that keeps its files elsewhere, or
 * whatever else has other partitions. `other`: anything else. MicroPython refuses to start over the remains of the
 * last two.
 */
export type FlashContents = 'same' | 'blank' | 'micropython' | 'other-layout' | 'other';

const SECTOR_BYTES = 0x1000;
const ERASED = 0xff;

/** Bytes of the header that flashers write mode and size into. */
const PATCHED_BYTES: readonly number[] = [2, 3];

/** What is about to be written, and on what. */
export interface PlannedWrite {
  readonly image: FirmwareImage;
  /** Values for its header. */
  readonly settings: HeaderSettings;
  /** Another size that is allowed in the header if MicroPython on the board has it, so that its files are kept. */
  readonly keepableSizeBytes?: number | undefined;
  /** Of the board; 0 if unknown. */
  readonly flashSizeBytes: number;
}

interface Inspection {
  readonly contents: FlashContents;
  /** As planned, or as the MicroPython on the board has them where that is as good. */
  readonly settings: HeaderSettings;
}

/** Examines the flash before writing. */
export async function inspectFlash(loader: FlashReader, write: PlannedWrite): Promise<Inspection> {
  const { image, settings } = write;
  const header = await loader.read(image.offset, HEADER_BYTES);
  const isErased = header.every((byte) => byte === ERASED);
  const isBegun = header.every((byte, at) => PATCHED_BYTES.includes(at) || byte === image.bytes[at]);
  const onBoard = readHeader(header, image.chip);
  if (isBegun) {
    const same = await findSame(loader, write, onBoard);
    if (same) return { contents: 'same', settings: same };
  }
  if (image.chip !== 'ESP8266')
    return { contents: await inspectEsp32(loader, write, isErased || isBegun), settings };
  if (isErased) return { contents: 'blank', settings };
  const contents = await inspectEsp8266(loader, image);
  // The first segment's place and length differ from build to build: the beginning of this very image.
  if (contents === 'other' && isBegun) return { contents: 'blank', settings };
  if (contents !== 'micropython') return { contents, settings };
  // The size in the header determines where files end.
  const planned = settings.flashSizeBytes ?? readHeader(image.bytes, image.chip).flashSizeBytes;
  if (onBoard.flashSizeBytes === planned) return { contents, settings };
  return onBoard.flashSizeBytes === write.keepableSizeBytes
    ? { contents, settings: { ...settings, flashSizeBytes: onBoard.flashSizeBytes } }
    : { contents: 'other-layout', settings };
}

/** @returns the settings with which the flash already holds this image */
async function findSame(
  loader: FlashReader,
  { image, settings, keepableSizeBytes }: PlannedWrite,
  onBoard: HeaderSettings,
): Promise<HeaderSettings | undefined> {
  // Only computed if it can match: a digest over a whole image takes the chip some time.
  const digest = await loader.md5(image.offset, image.bytes.length);
  const isKeepable = keepableSizeBytes !== undefined && onBoard.flashSizeBytes === keepableSizeBytes;
  const kept = isKeepable ? { ...settings, flashSizeBytes: keepableSizeBytes } : settings;
  const candidates = [
    settings,
    kept,
    { ...settings, flashMode: onBoard.flashMode },
    { ...kept, flashMode: onBoard.flashMode },
  ];
  const found = candidates.find((candidate) => md5(forBoard(image, candidate)) === digest);
  return found && { flashMode: onBoard.flashMode, flashSizeBytes: found.flashSizeBytes };
}

/** The image in the flash proves itself by the MD5 at its end. */
async function inspectEsp8266(loader: FlashReader, image: FirmwareImage): Promise<FlashContents> {
  const length = Buffer.from(await loader.read(ESP8266_LENGTH_AT, 4)).readUInt32LE();
  if (length <= ESP8266_LENGTH_AT || length > 1024 * 1024) return 'other'; // the ROM maps 1 MB of code
  const stored = Buffer.from(await loader.read(length, ESP8266_MD5_BYTES)).toString('hex');
  if ((await loader.md5(ESP8266_UNSUMMED_BYTES, length - ESP8266_UNSUMMED_BYTES)) !== stored) return 'other';
  // Where the new image is longer, what lies behind the old one may be files.
  const oldEnd = wholeSectors(length + ESP8266_MD5_BYTES);
  const grownBytes = wholeSectors(image.bytes.length) - oldEnd;
  if (grownBytes <= 0) return 'micropython';
  const isFree = (await loader.md5(oldEnd, grownBytes)) === md5(Buffer.alloc(grownBytes, ERASED));
  return isFree ? 'micropython' : 'other-layout';
}

/**
 * Partitions decide where files are. They also decide whether writing this image was interrupted, because the bootloader does not show it:
 * every program that was built with the same ESP-IDF begins with it.
 * @param mayBeCut whether the data before the partition table allows an interrupted write
 */
async function inspectEsp32(
  loader: FlashReader,
  { image, flashSizeBytes }: PlannedWrite,
  mayBeCut: boolean,
): Promise<FlashContents> {
  const { address, sizeBytes } = PARTITION_TABLE;
  const start = address - image.offset;
  const ours = image.bytes.subarray(start, start + sizeBytes);
  if ((await loader.md5(address, sizeBytes)) === md5(ours)) return 'micropython';
  const table = await loader.read(address, sizeBytes);
  const isPartOfOurs = table.every((byte, at) => byte === ERASED || byte === ours[at]);
  if (mayBeCut && isPartOfOurs) return 'blank';
  const partitions = readPartitions(table);
  if (partitions.length === 0) return 'other';
  if (findTableFault(table, partitions)) return 'other-layout';
  const before = filesRange(partitions, flashSizeBytes);
  const after = filesRange(image.partitions, flashSizeBytes);
  const isSamePlace = before?.address === after?.address && before?.sizeBytes === after?.sizeBytes;
  return isSamePlace && before && (await hasMicroPython(loader, partitions)) ? 'micropython' : 'other-layout';
}

/** Only MicroPython has a partition for its files; without one, the application is checked. */
async function hasMicroPython(loader: FlashReader, partitions: readonly Partition[]): Promise<boolean> {
  if (hasFilesPartition(partitions)) return true;
  const application = findApplication(partitions);
  return (
    application !== undefined &&
    isMicroPythonProject(await loader.read(application.address, APPLICATION_HEAD_BYTES))
  );
}

/**
 * Where the flash first differs from the image, by bisection: digests are faster to get than contents.
 * @returns the address of a sector
 */
export async function firstDifference(
  loader: Pick<FlashReader, 'md5'>,
  address: number,
  bytes: Uint8Array,
): Promise<number> {
  let same = 0; // sectors at the beginning that are equal
  let different = Math.ceil(bytes.length / SECTOR_BYTES); // upper bound: this many are not all equal
  while (different - same > 1) {
    const middle = (same + different) >> 1;
    const piece = bytes.subarray(same * SECTOR_BYTES, middle * SECTOR_BYTES);
    const isSame = (await loader.md5(address + same * SECTOR_BYTES, piece.length)) === md5(piece);
    if (isSame) same = middle;
    else different = middle;
  }
  return address + same * SECTOR_BYTES;
}

/** The sectors, from the first to the last, in which two images of the same length differ. */
export function changedSectors(before: Uint8Array, after: Uint8Array): { start: number; end: number } {
  const isChanged = (byte: number, at: number) => byte !== before[at];
  const first = Math.max(0, after.findIndex(isChanged));
  const last = Math.max(0, after.findLastIndex(isChanged));
  const start = first - (first % SECTOR_BYTES);
  return { start, end: Math.min(after.length, wholeSectors(last + 1)) };
}

function wholeSectors(bytes: number): number {
  return Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES;
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
