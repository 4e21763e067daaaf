// The two bytes of an image's header that depend on the board: flash mode and flash size.

import type { ChipFamily } from '../families.js';
import { renewBootloaderHash } from './esp32.js';
import { type FirmwareImage, FLASH_MODES, type FlashMode } from './firmware-image.js';

const KB = 1024;
const MB = 1024 * KB;

/** Flash sizes as the high nibble of header byte 3 names them to an ESP8266's SDK. */
const ESP8266_SIZES: ReadonlyMap<number, number> = new Map([
  [0x0, 512 * KB],
  [0x2, 1 * MB],
  [0x3, 2 * MB],
  [0x4, 4 * MB],
  [0x8, 8 * MB],
  [0x9, 16 * MB],
]);
/** The same to the bootloader of the other families. */
const ESP32_SIZES: ReadonlyMap<number, number> = new Map([
  [0x0, 1 * MB],
  [0x1, 2 * MB],
  [0x2, 4 * MB],
  [0x3, 8 * MB],
  [0x4, 16 * MB],
]);

/** Bytes of an image that contain the settings. */
export const HEADER_BYTES = 16;

/** What is set for a board; what is missing stays as the image has it. */
export interface HeaderSettings {
  readonly flashSizeBytes?: number | undefined;
  readonly flashMode?: FlashMode | undefined;
}

/**
 * The image as it is to be written on this board.
 *
 * On an ESP8266 the header gives the SDK the size of the flash, and so MicroPython the place of its files and
 * it keeps the radio's initial data, which it writes itself; the MD5 inside the image excludes these bytes for the
 * purpose. An ESP32 works out the size from its partition table.
 */
export function forBoard(image: FirmwareImage, { flashSizeBytes, flashMode }: HeaderSettings): Uint8Array {
  const nibble = flashSizeBytes === undefined ? undefined : sizeNibble(image.chip, flashSizeBytes);
  if (nibble === undefined && flashMode === undefined) return image.bytes;
  const patched = Uint8Array.from(image.bytes);
  if (nibble !== undefined) patched[3] = (nibble << 4) | ((patched[3] ?? 0) & 0x0f);
  if (flashMode !== undefined) patched[2] = FLASH_MODES.indexOf(flashMode);
  if (image.chip !== 'ESP8266') renewBootloaderHash(patched);
  return patched;
}

export function readHeader(image: Uint8Array, chip: ChipFamily): HeaderSettings {
  return {
    flashSizeBytes: sizesOf(chip).get((image[3] ?? 0) >> 4),
    flashMode: FLASH_MODES[image[2] ?? 0],
  };
}

function sizeNibble(chip: ChipFamily, flashSizeBytes: number): number | undefined {
  return [...sizesOf(chip)].find(([, sizeBytes]) => sizeBytes === flashSizeBytes)?.[0];
}

function sizesOf(chip: ChipFamily): ReadonlyMap<number, number> {
  return chip === 'ESP8266' ? ESP8266_SIZES : ESP32_SIZES;
}

/** Reports of boards that do not start with more than this in the header of MicroPython for the ESP8266. */
const LARGEST_ESP8266_HEADER_BYTES = 4 * MB;

/**
 * Default for the flash size in an image's header.
 * @param flashSizeBytes of the board's flash; 0 when it is not known
 */
export function usualHeaderSize(chip: ChipFamily, flashSizeBytes: number): number | undefined {
  if (chip !== 'ESP8266' || flashSizeBytes === 0) return undefined;
  return Math.min(flashSizeBytes, LARGEST_ESP8266_HEADER_BYTES);
}
