// MicroPython's builds: their name in an image, which board gets which, and what they call it.

import { isAtLeast } from '../versions.js';

/** Chips that give a board with an ESP32-P4 its WiFi, by the names that an address uses. */
export const SECOND_CHIPS = ['c5', 'c6'] as const;
export type SecondChip = (typeof SECOND_CHIPS)[number];

/** What a board has besides its kind of chip, as far as builds differ by it. */
export interface BoardHardware {
  readonly flashSizeBytes: number;
  /** Of the chip, in hundredths; `undefined`: a common one. */
  readonly revision?: number | undefined;
  /** It gives an ESP32-P4 its WiFi. */
  readonly secondChip?: SecondChip | undefined;
}

/** Revisions of a chip, in hundredths, for which an image is built. */
export interface RevisionRange {
  readonly min: number;
  /** 0: any. */
  readonly max: number;
}

/** A separate string in the read-only data. */
const BUILD_NAME = /\0(ESP(?:8266|32)_GENERIC(?:_[A-Z]\d+)?(?:-\w+)?)\0/;

/** @returns the name in an image's bytes, as Latin-1 */
export function findBuildName(text: string): string | undefined {
  return BUILD_NAME.exec(text)?.[1];
}

/** @returns what an image of this version has of its name: nothing before 1.25 */
export function buildNameText(version: string, name: string): string {
  return isAtLeast(version, '1.25') ? `\0${name}\0` : '';
}

/** MICROPY_HW_BOARD_NAME and MICROPY_HW_MCU_NAME. */
interface MachineName {
  readonly board?: string;
  readonly mcu?: string;
}

// After mpconfigvariant_*.cmake in MicroPython's ports/esp32/boards/; the other variants keep the plain names.
const MACHINES: Readonly<Record<string, MachineName>> = {
  'ESP32_GENERIC-SPIRAM': { board: 'Generic ESP32 module with SPIRAM' },
  'ESP32_GENERIC-OTA': { board: 'Generic ESP32 module with OTA' },
  'ESP32_GENERIC-D2WD': { mcu: 'ESP32-D2WD' },
  'ESP32_GENERIC-UNICORE': { mcu: 'ESP32-UNICORE' },
  'ESP32_GENERIC_S3-SPIRAM_OCT': { board: 'Generic ESP32S3 module with Octal-SPIRAM' },
  'ESP32_GENERIC_P4-C5_WIFI': { board: 'Generic ESP32P4 module with WIFI module of external ESP32C5' },
  'ESP32_GENERIC_P4-C6_WIFI': { board: 'Generic ESP32P4 module with WIFI module of external ESP32C6' },
  'ESP32_GENERIC_P4-PRE_REV3': { board: 'Generic ESP32P4 with pre revision 3 chip' },
  'ESP32_GENERIC_P4-PRE_REV3_C5_WIFI': {
    board: 'Generic ESP32P4 module with pre revision 3 chip and ESP32C5 hosted WIFI',
  },
  'ESP32_GENERIC_P4-PRE_REV3_C6_WIFI': {
    board: 'Generic ESP32P4 module with pre revision 3 chip and ESP32C6 hosted WIFI',
  },
};

/** @param plain names in the plain build for the chip */
export function machineName(buildName: string | undefined, plain: Required<MachineName>): string {
  const { board, mcu } = { ...plain, ...MACHINES[buildName ?? ''] };
  return `${board} with ${mcu}`;
}

/** Of `CONFIG_ESP32P4_REV_MIN_FULL` and `…_MAX_FULL` with and without `CONFIG_ESP32P4_SELECTS_REV_LESS_V3`. */
const ESP32P4_REVISIONS = { early: { min: 0, max: 199 }, usual: { min: 300, max: 399 } } as const;

/** The build for a board with an ESP32-P4. */
export function esp32p4Build({ revision, secondChip }: BoardHardware): {
  buildName: string;
  revisions: RevisionRange;
} {
  const isEarly = revision !== undefined && revision < ESP32P4_REVISIONS.usual.min;
  const words = [isEarly && 'PRE_REV3', secondChip && `${secondChip.toUpperCase()}_WIFI`].filter(Boolean);
  return {
    buildName: ['ESP32_GENERIC_P4', words.join('_')].filter(Boolean).join('-'),
    revisions: ESP32P4_REVISIONS[isEarly ? 'early' : 'usual'],
  };
}

/** Which second chip a build for the ESP32-P4 expects; the plain one has no WiFi. */
export function secondChipOf(buildName: string | undefined): SecondChip | undefined {
  return SECOND_CHIPS.find((chip) => buildName?.endsWith(`${chip.toUpperCase()}_WIFI`));
}
