// MicroPython images for ESP8266: one file for address 0. The ROM loads the segments below 0x9000; the code in flash
// follows; the length is in the last word before the code, and the file ends with the MD5 of itself.
// Layout: MicroPython's ports/esp8266/makeimg.py.

import { createHash } from 'node:crypto';
import { PortalError } from '../../errors.js';
import { CHIP_FAMILIES } from '../families.js';
import { findFilesBehind } from './files-behind.js';
import { ANY_REVISION, FLASH_MODES, type UnnamedImage } from './firmware-image.js';
import { identifyProgram, notMicroPython, type ProgramTexts } from './micropython-texts.js';
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

/**
 * Where files begin: flash_user_start(), and one block more for native code where that is below 1 MB.
 * In MicroPython since 1.13 for 2 MB and more, in its build for 1 MB, and in 1.12 and before.
 */
export const ESP8266_FILES_AT = { large: 0x100000, build1M: 0x99000, before113: 0x91000 } as const;

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
 * @param anyFirmware take a whole program that is not MicroPython, or has nothing to be checked by
 * @throws PortalError `firmware-invalid`, `firmware-damaged`
 */
export function inspectEsp8266(bytes: Uint8Array, name: string, anyFirmware: boolean): UnnamedImage {
  const program = identifyProgram(bytes);
  const isMicroPython = looksLikeMicroPython(bytes, program);
  if (!isMicroPython && anyFirmware && readSegments(bytes, HEADER_BYTES)?.checksumIsRight)
    return describe(bytes, program);
  if (!isMicroPython) throw notMicroPython(name, 'ESP8266');
  const segments = readSegments(bytes.subarray(0, CODE_START), HEADER_BYTES);
  const end = segments?.checksumIsRight ? findEndWithMd5(bytes) : undefined;
  if (end !== undefined) {
    const files = findFilesBehind(bytes.subarray(end), end, Object.values(ESP8266_FILES_AT));
    return { ...describe(bytes.subarray(0, end), { ...program, isMicroPython }), files };
  }
  if (segments?.checksumIsRight && isWithoutMd5(bytes, program)) {
    if (anyFirmware) return describe(bytes, program);
    throw new PortalError(
      'firmware-invalid',
      `${name} is MicroPython ${program.version ?? '(version unknown)'} for an ESP8266, too old to be checked: it has no MD5 at its end.`,
      {
        next: 'Omit --firmware for the newest MicroPython. To write this image unchecked, add --any-firmware.',
      },
    );
  }
  throw new PortalError(
    'firmware-damaged',
    `${name} is incomplete or damaged: its last 16 bytes are not the MD5 of the rest${expectedLength(bytes)}.`,
  );
}

function describe(bytes: Uint8Array, program: ProgramTexts): UnnamedImage {
  return {
    bytes,
    chip: 'ESP8266',
    offset: CHIP_FAMILIES.ESP8266.imageOffset,
    ...program,
    flashMode: FLASH_MODES[bytes[2] ?? 0],
    neededFlashBytes: bytes.length,
    revisions: ANY_REVISION,
    partitions: [],
    filledPartitions: [],
    files: undefined,
  };
}

/** A damaged MicroPython is still one: it is recognised by what damage leaves. */
function looksLikeMicroPython(bytes: Uint8Array, { isMicroPython, version }: ProgramTexts): boolean {
  if (isMicroPython || version !== undefined) return true;
  if (readWord(bytes, HEADER_BYTES) === EBOOT_AT) return false;
  if (bytes.length < CODE_START) return true; // cut off before the data that would show it
  const noted = readWord(bytes, ESP8266_LENGTH_AT);
  return noted > CODE_START && noted <= LARGEST_BYTES;
}

/** @returns the end of the image: the end of the file or, if data was appended, the length in the image */
function findEndWithMd5(bytes: Uint8Array): number | undefined {
  if (bytes.length < CODE_START) return undefined;
  const noted = readWord(bytes, ESP8266_LENGTH_AT) + ESP8266_MD5_BYTES;
  return [bytes.length, noted].find((end) => endsWithItsMd5(bytes, end));
}

function endsWithItsMd5(bytes: Uint8Array, end: number): boolean {
  const bodyEnd = end - ESP8266_MD5_BYTES;
  if (bodyEnd < CODE_START || end > bytes.length) return false;
  const actual = createHash('md5').update(bytes.subarray(ESP8266_UNSUMMED_BYTES, bodyEnd)).digest();
  return actual.equals(bytes.subarray(bodyEnd, end));
}

/** The first builds, none of 1.9 or later, note no length and end with their code. */
function isWithoutMd5(bytes: Uint8Array, { isMicroPython, version = '0' }: ProgramTexts): boolean {
  const [major = 0, minor = 0] = version.split('.').map((number) => Number.parseInt(number, 10));
  const isOld = major < 1 || (major === 1 && minor < 9);
  return (
    isMicroPython && isOld && bytes.length > CODE_START && readWord(bytes, ESP8266_LENGTH_AT) === 0xffffffff
  );
}

function expectedLength(bytes: Uint8Array): string {
  if (bytes.length < CODE_START) return '';
  const noted = readWord(bytes, ESP8266_LENGTH_AT) + ESP8266_MD5_BYTES;
  return noted === bytes.length ? '' : ` (${bytes.length} bytes of ${noted})`;
}
