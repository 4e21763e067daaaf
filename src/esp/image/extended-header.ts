// The extended header of an image of the ESP32 family, and the description that an application begins with.
// Layout: Espressif's image format and `esp_app_desc_t` in ESP-IDF.

import type { ChipFamily } from '../families.js';
import type { RevisionRange } from './firmware-image.js';
import { readWord } from './segments.js';

export const EXTENDED_HEADER_BYTES = 24;
/** 1 in this byte: the SHA-256 of the image follows it. */
export const HASH_APPENDED_AT = 23;
const CHIP_ID_AT = 12;
/** Of the chip: as one number, which newer images leave at 0; and both ends of a range, in hundredths. */
const OLD_MIN_REVISION_AT = 14;
const MIN_REVISION_AT = 15;
const MAX_REVISION_AT = 17;
const NO_MAX_REVISION = 0xffff;

/** Begins the data of an application's first segment. */
const DESCRIPTION = { at: EXTENDED_HEADER_BYTES + 8, magic: 0xabcd5432 } as const;
const PROJECT_NAME_AT = DESCRIPTION.at + 48;
const PROJECT_NAME_BYTES = 32;

/** Bytes of an application that are enough to recognise MicroPython. */
export const APPLICATION_HEAD_BYTES = PROJECT_NAME_AT + PROJECT_NAME_BYTES;

export function readChipId(image: Uint8Array): number {
  return readHalfWord(image, CHIP_ID_AT);
}

export function readRevisions(image: Uint8Array, chip: ChipFamily): RevisionRange {
  // The old number is that of an ESP32's major revision, and of the others' minor one.
  const oldMin = (image[OLD_MIN_REVISION_AT] ?? 0) * (chip === 'ESP32' ? 100 : 1);
  const max = readHalfWord(image, MAX_REVISION_AT);
  return {
    min: readHalfWord(image, MIN_REVISION_AT) || oldMin,
    max: max === 0 || max === NO_MAX_REVISION ? Number.POSITIVE_INFINITY : max,
  };
}

/** Whether an image is an application; a bootloader has no such description, and builds before ESP-IDF 3.3 neither. */
export function hasDescription(image: Uint8Array): boolean {
  const { at, magic } = DESCRIPTION;
  return image.length >= at + 4 && readWord(image, at) === magic;
}

/** Whether the project that an application was built from is MicroPython. */
export function isMicroPythonProject(image: Uint8Array): boolean {
  const name = Buffer.from(image.subarray(PROJECT_NAME_AT, PROJECT_NAME_AT + PROJECT_NAME_BYTES));
  return hasDescription(image) && name.toString('latin1').replace(/\0.*/s, '') === 'micropython';
}

function readHalfWord(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}
