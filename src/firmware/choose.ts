// What a value of `--firmware` means, and which build `latest`, `preview` or a version is on the chip and flash that were
// found.

import { PortalError } from '../errors.js';
import { BOARDS, type Board, variantOf } from './catalogue.js';
import { compareVersions, type ImageName, isPreview, parseImageName } from './image-name.js';

/** Firmware that a user can request without naming a file. */
export type Release = 'latest' | 'preview' | { readonly version: string };

/** What `--firmware` names. */
export type FirmwareSpec =
  | { readonly kind: 'release'; readonly release: Release }
  | { readonly kind: 'url'; readonly url: string }
  /** A file or, if it does not exist, the build of this name. */
  | { readonly kind: 'file'; readonly path: string; readonly build: ImageName | undefined };

/** @param text a file, an address, a version with or without `v`, `latest` or `preview` */
export function parseFirmwareSpec(text: string): FirmwareSpec {
  if (text === 'latest' || text === 'preview') return { kind: 'release', release: text };
  if (/^https?:\/\//i.test(text)) return { kind: 'url', url: text };
  const version = /^v?(\d+\.\d+(?:\.\d+)?(?:-preview\.\d+\.g[\da-f]+)?)$/.exec(text)?.[1];
  if (version !== undefined) return { kind: 'release', release: { version } };
  return { kind: 'file', path: text, build: parseImageName(text) };
}

/** What a loader has found out about a chip, as far as builds differ by it. */
export interface FoundChip {
  /** As the loader names it: `ESP8266`, `ESP32`, `ESP32-S3`… */
  readonly family: string;
  /** In hundredths: 301 is v3.1; `undefined` if the chip does not report it. */
  readonly revision: number | undefined;
  /** 0 if the flash chip does not report it. */
  readonly flashSizeBytes: number;
  /** Whether PSRAM on eight data lines is in the chip's package. */
  readonly hasOctalPsram: boolean;
}

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
    `No MicroPython release is known for an ${family}. Name a file with --firmware.`,
  );
}

/**
 * PSRAM outside the package, and the second chip that gives an ESP32-P4 its WiFi, cannot be found: builds for them are
 * chosen by name.
 * @returns the variant's name, `undefined` for the plain build
 * @throws PortalError `firmware-too-large` for a flash on which no MicroPython has room for files
 */
export function variantFor(
  { family }: Board,
  { flashSizeBytes, revision, hasOctalPsram }: FoundChip,
): string | undefined {
  const isAtMost = (limitBytes: number): boolean => flashSizeBytes > 0 && flashSizeBytes <= limitBytes;
  switch (family) {
    case 'ESP8266':
      if (isAtMost(512 * KB)) {
        throw new PortalError(
          'firmware-too-large',
          `The flash of this board has ${flashSizeBytes / KB} KB. MicroPython for this size has no filesystem, which the portal needs.`,
        );
      }
      return isAtMost(1024 * KB) ? 'FLASH_1M' : undefined;
    case 'ESP32':
      return isAtMost(2048 * KB) ? 'D2WD' : undefined;
    case 'ESP32-C2':
      return isAtMost(2048 * KB) ? 'FLASH_2M' : undefined;
    case 'ESP32-S3':
      return hasOctalPsram ? 'SPIRAM_OCT' : undefined;
    case 'ESP32-P4':
      return revision !== undefined && revision < 300 ? 'PRE_REV3' : undefined;
    default:
      return undefined;
  }
}

/** Hardware that a chip does not report, and the variants for it. */
interface NamedVariants {
  readonly hardware: string;
  readonly variants: readonly string[];
}

/**
 * @param variant that was chosen
 * @returns `undefined` where the loader reports all that builds differ by
 */
export function variantsByName({ family }: Board, variant: string | undefined): NamedVariants | undefined {
  switch (family) {
    case 'ESP32':
      return variant === undefined ? { hardware: 'PSRAM', variants: ['SPIRAM'] } : undefined;
    case 'ESP32-S3':
      return variant === undefined
        ? { hardware: 'PSRAM on eight data lines outside the chip', variants: ['SPIRAM_OCT'] }
        : undefined;
    case 'ESP32-P4': {
      const early = variant === undefined ? '' : `${variant}_`;
      return {
        hardware: 'an ESP32-C5 or C6 for WiFi',
        variants: [`${early}C5_WIFI`, `${early}C6_WIFI`],
      };
    }
    default:
      return undefined;
  }
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
  return [...images].sort(
    (a, b) => compareVersions(b.version, a.version) || (b.date < a.date ? -1 : Number(b.date > a.date)),
  );
}
