// MicroPython's releases for the chips that can be flashed here, as known at build time. Pure
// data and the rule that makes file names of it; newer and missing builds come from the download pages
// (download-page.ts).

import type { ChipFamily } from '../esp/families.js';
import { compareVersions, type ImageName, parseImageName } from './image-name.js';

/** Version and date of releases, the newest first; from https://micropython.org/download/ESP8266_GENERIC/. */
const RELEASES: readonly (readonly [version: string, date: string])[] = [
  ['1.29.0', '20260824'],
  ['1.28.0', '20260406'],
  ['1.27.0', '20251209'],
  ['1.26.1', '20250911'],
  ['1.26.0', '20250809'],
  ['1.25.0', '20250415'],
  ['1.24.1', '20241129'],
  ['1.24.0', '20241025'],
  ['1.23.0', '20240602'],
  ['1.22.2', '20240222'],
  ['1.22.1', '20240105'],
  ['1.22.0', '20231227'],
  ['1.21.0', '20231005'],
  ['1.20.0', '20230426'],
  ['1.19.1', '20220618'],
  ['1.18', '20220117'],
  ['1.17', '20210902'],
  ['1.16', '20210618'],
  ['1.15', '20210418'],
  ['1.14', '20210202'],
  ['1.13', '20200902'],
  ['1.12', '20191220'],
];

/** From this release on, files are named for boards; before, for chips. */
const NAMED_FOR_BOARDS_SINCE = '1.21.0';

interface Variant {
  readonly name: string;
  /** Its name before 1.21; it had none where this is missing. */
  readonly oldName?: string;
  readonly since: string;
  readonly until?: string;
}

export interface Board {
  readonly name: string;
  readonly family: ChipFamily;
  readonly oldName?: string;
  readonly since: string;
  readonly variants: readonly Variant[];
}

/** Since when: the commits that added each board and variant to MicroPython (`ports/esp32/boards/`). */
export const BOARDS: readonly Board[] = [
  {
    name: 'ESP8266_GENERIC',
    family: 'ESP8266',
    oldName: 'esp8266',
    since: '1.12',
    variants: [
      { name: 'FLASH_1M', oldName: '1m', since: '1.13' },
      { name: 'FLASH_512K', oldName: '512k', since: '1.13' },
      { name: 'FLASH_2M_ROMFS', since: '1.25.0' },
      { name: 'OTA', since: '1.21.0', until: '1.27.0' },
    ],
  },
  {
    name: 'ESP32_GENERIC',
    family: 'ESP32',
    oldName: 'esp32',
    since: '1.15', // before, there were builds for each of two versions of ESP-IDF
    variants: ['D2WD', 'SPIRAM', 'UNICORE', 'OTA'].map((name) => ({ name, since: '1.21.0' })),
  },
  { name: 'ESP32_GENERIC_S2', family: 'ESP32-S2', since: '1.21.0', variants: [] },
  {
    name: 'ESP32_GENERIC_S3',
    family: 'ESP32-S3',
    since: '1.21.0',
    variants: [{ name: 'SPIRAM_OCT', since: '1.21.0' }],
  },
  {
    name: 'ESP32_GENERIC_C2',
    family: 'ESP32-C2',
    since: '1.24.0',
    variants: [{ name: 'FLASH_2M', since: '1.27.0' }],
  },
  { name: 'ESP32_GENERIC_C3', family: 'ESP32-C3', since: '1.21.0', variants: [] },
  { name: 'ESP32_GENERIC_C5', family: 'ESP32-C5', since: '1.27.0', variants: [] },
  { name: 'ESP32_GENERIC_C6', family: 'ESP32-C6', since: '1.24.1', variants: [] },
  { name: 'ESP32_GENERIC_H2', family: 'ESP32-H2', since: '1.29.0', variants: [] },
  {
    name: 'ESP32_GENERIC_P4',
    family: 'ESP32-P4',
    since: '1.27.0',
    variants: [
      ...['C5_WIFI', 'C6_WIFI'].map((name) => ({ name, since: '1.27.0' })),
      ...['PRE_REV3', 'PRE_REV3_C5_WIFI', 'PRE_REV3_C6_WIFI'].map((name) => ({ name, since: '1.29.0' })),
    ],
  },
];

/** @returns the board whose files these are, old names included */
export function boardOf({ board: name }: ImageName): Board | undefined {
  return BOARDS.find((board) => board.name === name || board.oldName === name);
}

/** @returns the current name of the variant; `undefined` for the plain build */
export function variantOf(image: ImageName): string | undefined {
  const { variant: name } = image;
  if (name === undefined) return undefined;
  return boardOf(image)?.variants.find((variant) => variant.oldName === name)?.name ?? name;
}

/** @returns every release of a board and its variants, the newest first */
export function catalogueOf(board: Board): ImageName[] {
  return RELEASES.flatMap(([version, date]) =>
    [undefined, ...board.variants].flatMap((variant) => fileOf(board, variant, version, date) ?? []),
  );
}

function fileOf(
  board: Board,
  variant: Variant | undefined,
  version: string,
  date: string,
): ImageName | undefined {
  if (compareVersions(version, (variant ?? board).since) < 0) return undefined;
  if (variant?.until !== undefined && compareVersions(version, variant.until) > 0) return undefined;
  const isOld = compareVersions(version, NAMED_FOR_BOARDS_SINCE) < 0;
  const boardName = isOld ? board.oldName : board.name;
  const variantName = isOld ? variant?.oldName : variant?.name;
  if (boardName === undefined || (variant && variantName === undefined)) return undefined;
  const infix = variantName === undefined ? '' : `-${variantName}`;
  return parseImageName(`${boardName}${infix}-${date}-v${version}.bin`);
}

/**
 * SHA-256 of releases, by the name of the image: the site publishes no checksums. Only values on which two independent
 * sources agree; of every other release it is recorded when it is fetched first (cache.ts).
 */
export const RELEASE_SHA256: Readonly<Record<string, string>> = {
  'ESP32_GENERIC-20241025-v1.24.0.bin': '648e655fdaa8c31ece4e8f2a5c7815b015a7bca1c8db56246287799164ad9bff',
};
