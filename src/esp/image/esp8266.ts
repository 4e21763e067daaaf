// MicroPython images for ESP8266: one file for address 0. The ROM loads the segments below 0x9000; the code in flash
// follows; the length stands in the last word below the code, and the file ends with the MD5 of itself.
// Layout: MicroPython's ports/esp8266/makeimg.py.

import { createHash } from 'node:crypto';
import { PortalError } from '../../errors.js';
import { CHIP_FAMILIES } from '../families.js';
import { type FirmwareImage, FLASH_MODES, findVersion } from './firmware-image.js';
import { readSegments, readWord } from './segments.js';

const HEADER_BYTES = 8;
const CODE_START = 0x9000;
/** The ROM maps this much of the flash for code. */
const LARGEST_BYTES = 1024 * 1024;

/** Where the image notes how long it is without its MD5. */
export const ESP8266_LENGTH_AT = CODE_START - 4;
export const ESP8266_MD5_BYTES = 16;
/** The MD5 leaves out the first word, of which flashers patch mode and size. */
export const ESP8266_UNSUMMED_BYTES = 4;

/** RAM that the first segment of an ESP8266's image can go to; no other chip's header has such a word there. */
const RAM = { start: 0x3ffe8000, end: 0x40110000 };

/** Arduino's second bootloader is linked here; its file is not MicroPython's. */
const EBOOT_AT = 0x4010f000;

export function looksLikeEsp8266(bytes: Uint8Array): boolean {
  const address = readWord(bytes, HEADER_BYTES);
  return address >= RAM.start && address < RAM.end;
}

/**
 * @param name the file, for messages
 * @throws PortalError `firmware-invalid`, `firmware-damaged`
 */
export function inspectEsp8266(bytes: Uint8Array, name: string): FirmwareImage {
  const version = findVersion(bytes);
  if (!isMicroPython(bytes, version)) {
    throw new PortalError('firmware-invalid', `${name} is a program for an ESP8266, but not MicroPython.`);
  }
  const segments = readSegments(bytes.subarray(0, CODE_START), HEADER_BYTES);
  if (!segments?.checksumIsRight || !endsWithItsMd5(bytes)) {
    throw new PortalError(
      'firmware-damaged',
      `${name} is cut short or altered: its last 16 bytes are not the MD5 of the rest${expectedLength(bytes)}.`,
    );
  }
  return {
    bytes,
    chip: 'ESP8266',
    offset: CHIP_FAMILIES.ESP8266.imageOffset,
    version,
    flashMode: FLASH_MODES[bytes[2] ?? 0],
    neededFlashBytes: bytes.length,
  };
}

/** A damaged MicroPython is still one: it is told by what damage leaves. */
function isMicroPython(bytes: Uint8Array, version: string | undefined): boolean {
  if (version !== undefined) return true;
  if (readWord(bytes, HEADER_BYTES) === EBOOT_AT) return false;
  if (bytes.length < CODE_START) return true; // cut off before anything that would tell
  const noted = readWord(bytes, ESP8266_LENGTH_AT);
  return noted > CODE_START && noted <= LARGEST_BYTES;
}

function endsWithItsMd5(bytes: Uint8Array): boolean {
  const bodyEnd = bytes.length - ESP8266_MD5_BYTES;
  if (bodyEnd < CODE_START) return false;
  const actual = createHash('md5').update(bytes.subarray(ESP8266_UNSUMMED_BYTES, bodyEnd)).digest();
  return actual.equals(bytes.subarray(bodyEnd));
}

function expectedLength(bytes: Uint8Array): string {
  if (bytes.length < CODE_START) return '';
  const noted = readWord(bytes, ESP8266_LENGTH_AT) + ESP8266_MD5_BYTES;
  return noted === bytes.length ? '' : ` (${bytes.length} bytes of ${noted})`;
}
