// image: firmware and files of a board merged into one file, which any flasher writes. The same input gives the same
// bytes. Uses no port.

import { PortalError } from '../errors.js';
import type { ChipFamily } from '../esp/families.js';
import type { FirmwareImage } from '../esp/image/firmware-image.js';
import { forBoard } from '../esp/image/header.js';
import { checkConfig } from '../portal/config.js';
import { esptoolName } from './firmware/firmware-without-board.js';
import { type FreshOptions, freshFilesystem, freshInstallation } from './install/fresh-installation.js';
import { requireWifi } from './install/without-wifi.js';

export interface ImageOptions extends FreshOptions {
  /** Of the boards that it is for: MicroPython finds its files on no other size. */
  readonly flashSizeBytes: number;
}

export interface MergedImage {
  readonly bytes: Uint8Array;
  readonly chip: ChipFamily;
  /** Of MicroPython. */
  readonly version: string;
  /** Where in the flash it is to be written. */
  readonly address: number;
  readonly flashSizeBytes: number;
  /** Paths, without those that follow from others. */
  readonly files: readonly string[];
  /** Where the files begin in the flash. */
  readonly filesAddress: number;
  readonly settings: Readonly<Record<string, string | number>> | undefined;
}

const ERASED = 0xff;

/**
 * @param firmware files that follow in its file are replaced
 * @throws PortalError `board-no-wifi`, `board-no-space`, `firmware-too-large`, `firmware-invalid`, `usage`
 */
export async function mergeImage(
  firmware: FirmwareImage,
  { flashSizeBytes, ...options }: ImageOptions,
): Promise<MergedImage> {
  checkConfig(options.config ?? {});
  const { chip, name, version = '', offset, neededFlashBytes } = firmware;
  requireWifi(chip);
  if (neededFlashBytes > flashSizeBytes) {
    throw new PortalError(
      'firmware-too-large',
      `${name} needs ${neededFlashBytes} bytes of flash; the image is for ${flashSizeBytes}.`,
      { likelyCause: 'The build is for a larger flash.', next: 'Name a larger one with --flash-size.' },
    );
  }
  const fresh = await freshInstallation(firmware, options);
  const filesystem = fresh && freshFilesystem(firmware, flashSizeBytes, fresh);
  if (!filesystem) throw unknownLayout(firmware, fresh !== undefined, flashSizeBytes);
  const settings = chip === 'ESP8266' ? { flashSizeBytes } : {};
  const at = filesystem.range.address - offset;
  const bytes = new Uint8Array(at + filesystem.bytes.length).fill(ERASED);
  bytes.set(forBoard(firmware, settings));
  bytes.set(filesystem.bytes, at);
  return {
    bytes,
    chip,
    version,
    address: offset,
    flashSizeBytes,
    files: fresh.files.map(({ path }) => path),
    filesAddress: filesystem.range.address,
    settings: fresh.settings,
  };
}

/** With what erases remains of earlier firmware, on which MicroPython may not start. */
export function esptoolCommand(
  { chip, address }: Pick<MergedImage, 'chip' | 'address'>,
  file: string,
): string {
  return `esptool --chip ${esptoolName(chip)} write-flash --erase-all 0x${address.toString(16)} ${file}`;
}

/** The smallest with room for a filesystem. */
const SMALLEST_FLASH_BYTES = 1024 * 1024;

function unknownLayout(
  { name, chip, version }: FirmwareImage,
  isKnownVersion: boolean,
  flashSizeBytes: number,
): PortalError {
  if (flashSizeBytes < SMALLEST_FLASH_BYTES) {
    const sizeText = `${flashSizeBytes / 1024} KB`;
    return new PortalError(
      'firmware-too-large',
      `MicroPython has no room for files in ${sizeText} of flash.`,
      {
        likelyCause: 'Builds for such a flash have no filesystem.',
        next: 'Name the size of a larger flash: --flash-size 1M or more.',
      },
    );
  }
  const what = version === undefined ? name : `MicroPython ${version} for an ${chip} (${name})`;
  return new PortalError(
    'firmware-invalid',
    isKnownVersion
      ? `It is not known where ${what} has its files, or the flash has no room for them.`
      : `It is not known which files ${what} loads: releases from 1.19 to 1.29 can be merged.`,
    {
      likelyCause: 'The firmware is no build of micropython.org for a flash of this size.',
      next: 'Name a release (--firmware 1.29.0), or write this firmware and its files to a board: esp-portal setup',
    },
  );
}
