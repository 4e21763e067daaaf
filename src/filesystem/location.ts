// Where a firmware keeps its files in the flash. Pure: takes bytes of a flash or of an image, and reads as few as it can.
// Sources: MicroPython's ports/esp8266/modules/flashbdev.py and boards/*.ld, ports/esp32/main.c.

import type { ChipFamily } from '../esp/families.js';
import { ESP8266_FILES_AT } from '../esp/image/esp8266.js';
import type { FirmwareImage } from '../esp/image/firmware-image.js';
import { HEADER_BYTES, readHeader } from '../esp/image/header.js';
import {
  type FlashRange,
  filesRange,
  findTableFault,
  isErased,
  PARTITION_TABLE,
  readPartitions,
} from '../esp/image/partition-table.js';
import { FilesystemError, readSuperblock } from './littlefs/reader.js';

/** A flash, or a dump of all of it. */
export interface ReadableFlash {
  readonly chip: ChipFamily;
  readonly sizeBytes: number;
  read(address: number, sizeBytes: number): Promise<Uint8Array> | Uint8Array;
}

/**
 * Why no place of files is known. `no-table`, `damaged-table`: of an ESP32.
 * `no-firmware`: no ESP8266 image at address 0. `no-room`: the firmware leaves none, or the flash is smaller than it
 * was built for. `unknown-layout`: an ESP8266 without a filesystem in any of the usual places.
 */
export class LocationError extends Error {
  override readonly name = 'LocationError';
  readonly kind: 'no-table' | 'damaged-table' | 'no-firmware' | 'no-room' | 'unknown-layout';

  constructor(kind: LocationError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const BLOCK_BYTES = 0x1000;
/** The superblock's pair. */
const PAIR_BYTES = 2 * BLOCK_BYTES;
const IMAGE_MAGIC = 0xe9;
/** At the end of the flash: parameters of the ESP8266's SDK. */
const SDK_BYTES = 5 * BLOCK_BYTES;

/**
 * Finds the files of the firmware that a flash holds.
 * @returns the whole range of the filesystem, whether or not one is there: see `checkFilesystem`
 * @throws LocationError
 */
export async function locateFilesystem(flash: ReadableFlash): Promise<FlashRange> {
  const range = await (flash.chip === 'ESP8266' ? locateOnEsp8266(flash) : locateOnEsp32(flash));
  if (!range || range.address + range.sizeBytes > flash.sizeBytes || range.sizeBytes < PAIR_BYTES)
    throw noRoom(flash.sizeBytes);
  return range;
}

async function locateOnEsp32(flash: ReadableFlash): Promise<FlashRange | undefined> {
  const table = await flash.read(PARTITION_TABLE.address, PARTITION_TABLE.sizeBytes);
  const partitions = readPartitions(table);
  if (partitions.length === 0)
    throw new LocationError('no-table', 'There is no partition table at 0x8000: the board has no firmware.');
  const fault = findTableFault(table, partitions);
  if (fault) throw new LocationError('damaged-table', `The partition table at 0x8000 is damaged: ${fault}.`);
  return filesRange(partitions, flash.sizeBytes);
}

/** The image does not say where its files begin: the filesystem itself shows it, by its number of blocks. */
async function locateOnEsp8266(flash: ReadableFlash): Promise<FlashRange> {
  const header = await flash.read(0, HEADER_BYTES);
  if (header[0] !== IMAGE_MAGIC)
    throw new LocationError('no-firmware', 'There is no firmware image at address 0.');
  const sizeBytes = Math.min(
    flash.sizeBytes,
    readHeader(header, 'ESP8266').flashSizeBytes ?? flash.sizeBytes,
  );
  const ranges = Object.values(ESP8266_FILES_AT)
    .map((start) => esp8266Range(start, sizeBytes))
    .filter((range) => range !== undefined);
  for (const range of ranges) {
    const verdict = verdictOn(await flash.read(range.address, PAIR_BYTES), range);
    if (verdict === undefined || verdict.kind === 'fat') return range;
  }
  if (ranges.length === 0) throw noRoom(sizeBytes);
  throw new LocationError(
    'unknown-layout',
    'The flash has no filesystem where MicroPython for an ESP8266 has its files.',
  );
}

function noRoom(sizeBytes: number): LocationError {
  return new LocationError(
    'no-room',
    `The firmware leaves no room for files in ${sizeBytes / 1024} KB of flash.`,
  );
}

function esp8266Range(address: number, sizeBytes: number): FlashRange | undefined {
  const roomBytes = sizeBytes - SDK_BYTES - address;
  return roomBytes >= PAIR_BYTES ? { address, sizeBytes: roomBytes } : undefined;
}

/** The name of a build since 1.25, and what all versions call the board. */
const ESP8266_BUILD = /\0ESP8266_GENERIC(-\w+)?\0|ESP module( \(\w+\))? with ESP8266/;
const ESP8266_LARGE_BUILDS: readonly string[] = ['', '-FLASH_2M_ROMFS'];
const ESP8266_1M_BUILDS: readonly string[] = ['-FLASH_1M', ' (1M)'];

/**
 * Where an image will have its files once it runs.
 * @param flashSizeBytes of the board; on an ESP8266 as written to the image's header
 * @returns `undefined` where that is not known for sure, or there is no room
 */
export function filesystemOfImage(image: FirmwareImage, flashSizeBytes: number): FlashRange | undefined {
  if (!image.isMicroPython) return undefined;
  if (image.chip !== 'ESP8266') {
    const range = image.partitions.length > 0 ? filesRange(image.partitions, flashSizeBytes) : undefined;
    return range && range.address + range.sizeBytes <= flashSizeBytes ? range : undefined;
  }
  const [major = 0, minor = 0] = (image.version ?? '').split('.').map((part) => Number.parseInt(part, 10));
  if (major !== 1 || !(minor >= 13)) return undefined; // FAT before
  const text = Buffer.from(image.bytes.buffer, image.bytes.byteOffset, image.bytes.length).toString('latin1');
  const [found, suffix = '', size = ''] = ESP8266_BUILD.exec(text) ?? [];
  if (found === undefined) return undefined;
  const build = suffix || size;
  if (ESP8266_LARGE_BUILDS.includes(build)) return esp8266Range(ESP8266_FILES_AT.large, flashSizeBytes);
  if (ESP8266_1M_BUILDS.includes(build)) return esp8266Range(ESP8266_FILES_AT.build1M, flashSizeBytes);
  return undefined;
}

/**
 * Checks that the firmware would mount what a range begins with.
 * @param pair the first two blocks of the range
 * @throws FilesystemError `erased`, `fat`, `not-littlefs`, `damaged`, `unsupported-version`, or `other-size`: the
 *   filesystem was made for another partition or size of flash
 */
export function checkFilesystem(pair: Uint8Array, range: FlashRange): void {
  const verdict = verdictOn(pair, range);
  if (verdict) throw verdict;
}

function verdictOn(pair: Uint8Array, { sizeBytes }: FlashRange): FilesystemError | undefined {
  // MicroPython makes a filesystem where the first block is erased and the second one holds none.
  try {
    const { blockCount } = readSuperblock(pair);
    const expected = Math.floor(sizeBytes / BLOCK_BYTES);
    if (blockCount === expected) return undefined;
    return new FilesystemError(
      'other-size',
      `The filesystem has ${blockCount} blocks, and the firmware's room for files has ${expected}.`,
    );
  } catch (error) {
    if (!(error instanceof FilesystemError)) throw error;
    return error.kind === 'not-littlefs' && isErased(pair.subarray(0, BLOCK_BYTES))
      ? new FilesystemError('erased', 'The room for files is erased: MicroPython has not started yet.')
      : error;
  }
}
