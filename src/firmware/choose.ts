// Which build is meant by `latest`, `preview` or a version, on the chip and flash that were found.

import { PortalError } from '../errors.js';
import { BOARDS, type Board, variantOf } from './catalogue.js';
import { compareVersions, type ImageName, isPreview } from './image-name.js';

/** What a user can ask for without naming a file. */
export type Release = 'latest' | 'preview' | { readonly version: string };

const KB = 1024;

/**
 * @param family as the loader names it, e.g. `ESP32-S3`
 * @throws PortalError `firmware-missing` for a chip that has no board in the catalogue
 */
export function boardForChip(family: string): Board {
  const board = BOARDS.find((candidate) => candidate.family === family);
  if (board) return board;
  throw new PortalError(
    'firmware-missing',
    `No MicroPython release is known for an ${family}; a file may be named with --firmware.`,
  );
}

/**
 * @param flashSizeBytes 0 when the flash chip does not tell
 * @returns the variant's name, `undefined` for the plain build
 * @throws PortalError `firmware-too-large` for a flash on which no MicroPython has room for files
 */
export function variantForFlash(board: Board, flashSizeBytes: number): string | undefined {
  if (flashSizeBytes === 0) return undefined;
  if (board.family === 'ESP8266') {
    if (flashSizeBytes < 1024 * KB) {
      throw new PortalError(
        'firmware-too-large',
        `The flash of this board has ${flashSizeBytes / KB} KB: MicroPython for it has no filesystem, and so no place for a portal.`,
      );
    }
    return flashSizeBytes < 2048 * KB ? 'FLASH_1M' : undefined;
  }
  return board.family === 'ESP32' && flashSizeBytes <= 2048 * KB ? 'D2WD' : undefined;
}

/** What is known of a board's builds. */
export interface KnownImages {
  readonly images: readonly ImageName[];
  /** Its download page was read, today. */
  readonly isFresh: boolean;
}

/**
 * @param known of one board, in any order
 * @throws PortalError `firmware-missing`, with what there is
 */
export function chooseImage(
  { images, isFresh }: KnownImages,
  board: Board,
  variant: string | undefined,
  release: Release,
): ImageName {
  const candidates = newestFirst(images).filter((image) => variantOf(image) === variant);
  const found = candidates.find(({ version }) => isRelease(version, release));
  if (found) return found;
  const label = variant === undefined ? board.name : `${board.name}-${variant}`;
  if (release === 'preview') {
    throw new PortalError(
      'firmware-missing',
      `No preview build of ${label} was found: ${isFresh ? 'its download page lists none' : 'its download page, which lists them, could not be read'}.`,
    );
  }
  const known = candidates.map(({ version }) => version).filter((version) => !isPreview(version));
  const others = known.length > 0 ? ` Known are ${[...new Set(known)].join(', ')}.` : '';
  const asked = release === 'latest' ? 'release' : `release ${release.version}`;
  throw new PortalError(
    'firmware-missing',
    `No ${asked} of ${label} was found in the list of this package, ${isFresh ? 'nor on the download page' : 'and the download page could not be read'}.${others}`,
  );
}

function isRelease(version: string, release: Release): boolean {
  if (release === 'preview') return isPreview(version);
  if (release === 'latest') return !isPreview(version);
  return compareVersions(version, release.version) === 0;
}

export function newestFirst(images: readonly ImageName[]): ImageName[] {
  return [...images].sort((a, b) => compareVersions(b.version, a.version) || b.date.localeCompare(a.date));
}
