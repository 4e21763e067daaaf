// The ESP8266, and the ESP8285 that differs in an efuse: how they boot and where MicroPython keeps its files.

import { SECTOR_BYTES } from '../flash/nor-flash.js';
import { ESP8266_LOADER, ESP8285_LOADER } from '../rom/chips/esp8266-loader.js';
import type {
  BootResult,
  BuildFacts,
  ChipModel,
  FlashRegions,
  ReadableFlash,
  ResetCause,
} from './chip-model.js';
import { generateFirmware, readBootableImage } from './esp8266-image.js';
import {
  bootLine,
  loadLines,
  NOTHING_TO_BOOT,
  ROM_BAUD_RATE,
  ROM_RESET_CAUSE,
} from './esp8266-rom-output.js';

const MB = 1024 * 1024;
/** flash_user_start(), and a sector more for native code where that is below 1 MB (boards/*.ld, modules/flashbdev.py). */
const FILESYSTEM_AT = { large: 0x100000, build1M: 0x99000 } as const;
/** The SDK's parameters: the last five sectors. */
const SETTINGS_BYTES = 5 * SECTOR_BYTES;

const { powerOn, external, watchdog } = ROM_RESET_CAUSE;
const ROM_CAUSES: Readonly<Record<ResetCause, number>> = {
  ...{ 'power-on': powerOn, 'brown-out': powerOn },
  ...{ 'en-pin': external, usb: external, software: external, bootloader: external },
  ...{ watchdog, 'no-firmware': watchdog },
};

export const ESP8266: ChipModel = {
  family: 'esp8266',
  loader: ESP8266_LOADER,
  romBaudRate: ROM_BAUD_RATE,
  firmwareStartMs: 500,
  pythonResetCause: {
    ...{ 'power-on': 0, 'brown-out': 0 },
    ...{ 'en-pin': 6, usb: 6, software: 4, bootloader: 4 },
    ...{ watchdog: 1, 'no-firmware': 1 },
  },
  brownOutText: '',
  macVendor: [0x5c, 0xcf, 0x7f],
  firmwareAddress: 0,
  build: (_firmware, { flashSizeBytes }) => buildForFlash(flashSizeBytes),
  bootText: (cause, mode) => bootLine(ROM_CAUSES[cause], mode),
  boot(flash): BootResult {
    const image = readBootableImage(flash);
    if (image === undefined) return { kind: 'stuck', text: NOTHING_TO_BOOT };
    return { kind: 'runs', text: loadLines(image.segments), firmware: image };
  },
  regions,
  generateFirmware: ({ flashSizeBytes = 4 * MB, version, date }) =>
    generateFirmware({
      version,
      date,
      buildName: `ESP8266_GENERIC${variantFor(flashSizeBytes)[0]}`,
      machine: buildForFlash(flashSizeBytes).machine,
    }),
};

export const ESP8285: ChipModel = { ...ESP8266, loader: ESP8285_LOADER };

/** There is a build for each size of flash (ports/esp8266/boards/ESP8266_GENERIC/mpconfigboard.h). */
function variantFor(flashSizeBytes: number): readonly [suffix: string, size: string] {
  if (flashSizeBytes >= 2 * MB) return ['', ''];
  return flashSizeBytes < MB ? ['-FLASH_512K', ' (512K)'] : ['-FLASH_1M', ' (1M)'];
}

function buildForFlash(flashSizeBytes: number): BuildFacts {
  return {
    machine: `ESP module${variantFor(flashSizeBytes)[1]} with ESP8266`,
    mpy: 9990, // format 6.3, xtensa
    wifi: 'works',
  };
}

/** The SDK uses the flash size in the image's header, which flashers patch, up to the real size. */
function regions(flash: ReadableFlash): FlashRegions {
  const image = readBootableImage(flash);
  const sizeBytes = Math.min(flash.sizeBytes, image?.declaredFlashBytes ?? flash.sizeBytes);
  const settings = { address: sizeBytes - SETTINGS_BYTES, sizeBytes: SETTINGS_BYTES };
  const isLarge = image?.isForLargeFlash ?? flash.sizeBytes >= 2 * MB;
  const address = FILESYSTEM_AT[isLarge ? 'large' : 'build1M'];
  const roomBytes = settings.address - address;
  return { settings, filesystem: roomBytes > 0 ? { address, sizeBytes: roomBytes } : undefined };
}
