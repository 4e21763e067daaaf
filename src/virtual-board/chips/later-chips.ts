// The chips since the ESP32-S2 behind a USB-UART bridge: what their ROMs print, and where their firmware begins. Texts
// as in boot logs of real boards.

import { type LaterChipName, laterLoader } from '../rom/chips/later-loaders.js';
import { isAtLeast } from '../versions.js';
import { type BoardHardware, esp32p4Build, machineName, secondChipOf } from './builds.js';
import type { BuildFacts, ChipModel } from './chip-model.js';
import { esp32FamilyChip } from './esp32-family.js';
import type { ImageTarget } from './esp32-image.js';
import {
  ESP32P4_CAUSES,
  LP_CAUSES,
  type RomCauses,
  RST_CAUSES,
  RTC_CAUSES,
  SPI_MODE_LOADING,
  SPIWP_LOADING,
} from './rom-causes.js';

interface LaterChip extends ImageTarget {
  readonly rom: string;
  readonly romDate: string;
  readonly causes: RomCauses;
  /** The number and the words of each boot mode. */
  readonly flashMode: string;
  readonly downloadMode: string;
  readonly macVendor: readonly [number, number, number];
  /** MICROPY_HW_BOARD_NAME. */
  readonly board: string;
  readonly isXtensa?: boolean;
  readonly hasNoWifi?: boolean;
  readonly buildFor?: typeof esp32p4Build;
  /** Its ROM prints `SPI mode:` on one line. */
  readonly printsSpiMode?: boolean;
}

/** Its ROM counts on a crystal of 40 MHz; modules have one of 26. */
const ESP32C2_ROM_BAUD_RATE = 74880;

const NO_REVISIONS = { min: 0, max: 0 };

const CHIPS: Readonly<Record<LaterChipName, LaterChip>> = {
  esp32s2: {
    chipId: 2,
    bootloaderAt: 0x1000,
    revisions: NO_REVISIONS,
    rom: 'esp32s2-rc4-20191025',
    romDate: 'Oct 25 2019',
    causes: RST_CAUSES,
    flashMode: '0x8 (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x0 (DOWNLOAD(USB/UART0/1/SPI))',
    macVendor: [0x7c, 0xdf, 0xa1],
    board: 'Generic ESP32S2 module',
    isXtensa: true,
  },
  esp32s3: {
    chipId: 9,
    bootloaderAt: 0,
    revisions: { min: 0, max: 99 },
    rom: 'esp32s3-20210327',
    romDate: 'Mar 27 2021',
    causes: RST_CAUSES,
    flashMode: '0x8 (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x0 (DOWNLOAD(USB/UART0))',
    macVendor: [0x34, 0x85, 0x18],
    board: 'Generic ESP32S3 module',
    isXtensa: true,
  },
  esp32c2: {
    chipId: 12,
    bootloaderAt: 0,
    revisions: { min: 100, max: 299 },
    rom: 'esp8684-api2-20220127',
    romDate: 'Jan 27 2022',
    causes: RST_CAUSES,
    flashMode: '0xc (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x4 (DOWNLOAD(UART0))',
    macVendor: [0x10, 0x97, 0xbd],
    board: 'ESP32C2 module',
  },
  esp32c3: {
    chipId: 5,
    bootloaderAt: 0,
    revisions: { min: 3, max: 199 }, // required by 1.27.0
    rom: 'esp32c3-api1-20210207',
    romDate: 'Feb  7 2021',
    causes: RST_CAUSES,
    flashMode: '0xc (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x4 (DOWNLOAD(USB/UART0/1))',
    macVendor: [0x7c, 0xdf, 0xa1],
    board: 'ESP32C3 module',
  },
  esp32c5: {
    chipId: 23,
    bootloaderAt: 0x2000,
    revisions: { min: 100, max: 199 },
    rom: 'esp32c5-eco2-20250121',
    romDate: 'Jan 21 2025',
    causes: RTC_CAUSES,
    flashMode: '0x18 (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x8 (DOWNLOAD(USB/UART0))',
    printsSpiMode: true,
    macVendor: [0xd0, 0xcf, 0x13],
    board: 'ESP32C5 module',
  },
  esp32c6: {
    chipId: 13,
    bootloaderAt: 0,
    revisions: { min: 0, max: 99 },
    rom: 'esp32c6-20220919',
    romDate: 'Sep 19 2022',
    causes: LP_CAUSES,
    flashMode: '0xc (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x4 (DOWNLOAD(USB/UART0/SDIO_FEI_FEO))',
    macVendor: [0x60, 0x55, 0xf9],
    board: 'ESP32C6 module',
  },
  esp32c61: {
    chipId: 20,
    bootloaderAt: 0,
    revisions: NO_REVISIONS,
    rom: 'esp32c61-eco3-20250228',
    romDate: 'Feb 28 2025',
    causes: RTC_CAUSES,
    flashMode: '0xc (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x4 (DOWNLOAD(USB/UART0))',
    printsSpiMode: true,
    macVendor: [0x30, 0xed, 0xa0],
    board: 'ESP32C61 module',
  },
  esp32h2: {
    chipId: 16,
    bootloaderAt: 0,
    revisions: NO_REVISIONS,
    rom: 'esp32h2-20221101',
    romDate: 'Nov  1 2022',
    causes: LP_CAUSES,
    flashMode: '0xc (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x4 (DOWNLOAD(USB/UART0))',
    macVendor: [0x60, 0x55, 0xf9],
    board: 'ESP32H2 module',
    hasNoWifi: true,
  },
  esp32p4: {
    chipId: 18,
    bootloaderAt: 0x2000,
    revisions: { min: 300, max: 399 },
    rom: 'esp32p4-eco5-20250430',
    romDate: 'Apr 30 2025',
    causes: ESP32P4_CAUSES,
    flashMode: '0x8 (SPI_FAST_FLASH_BOOT)',
    downloadMode: '0x7 (DOWNLOAD(USB/UART0/SPI))',
    printsSpiMode: true,
    macVendor: [0x60, 0x55, 0xf9],
    board: 'Generic ESP32P4 module',
    buildFor: esp32p4Build,
  },
};

/** Names of chips have a hyphen in builds since this release. */
const HYPHEN_SINCE = '1.29';
/** `sys.implementation._mpy`: format 6.3 with xtensawin and with rv32imc. */
const MPY_XTENSA = 11014;
const MPY_RISCV = 12038;

/** Such as `C3`. */
const modelOf = (name: LaterChipName): string => name.slice('esp32'.length).toUpperCase();

/** After `ports/esp32/boards/`. */
function buildOf(
  name: LaterChipName,
  { board, isXtensa, ...chip }: LaterChip,
  ...[{ version, buildName }, hardware]: Parameters<ChipModel['build']>
): BuildFacts {
  const mcu = `ESP32${isAtLeast(version, HYPHEN_SINCE) ? '-' : ''}${modelOf(name)}`;
  return {
    machine: machineName(buildName, { board, mcu }),
    mpy: isXtensa ? MPY_XTENSA : MPY_RISCV,
    wifi: wifiOf(chip, buildName, hardware),
  };
}

/** An ESP32-P4's plain build leaves WiFi to variants for boards with a second chip. */
function wifiOf(
  { hasNoWifi, buildFor }: Pick<LaterChip, 'hasNoWifi' | 'buildFor'>,
  buildName: string | undefined,
  { secondChip }: BoardHardware,
): BuildFacts['wifi'] {
  if (hasNoWifi) return 'absent';
  if (!buildFor) return 'works';
  const expected = secondChipOf(buildName);
  if (!expected) return 'absent';
  return expected === secondChip ? 'works' : 'unanswered';
}

/** @returns the model of a chip since the ESP32-S2 */
export function laterChip(name: LaterChipName): ChipModel {
  const chip = CHIPS[name];
  const modes = { flash: chip.flashMode, download: `${chip.downloadMode}\r\nwaiting for download` };
  return esp32FamilyChip(chip, {
    loader: laterLoader(name),
    romBaudRate: name === 'esp32c2' ? ESP32C2_ROM_BAUD_RATE : 115200,
    firmwareStartMs: 300,
    brownOutText: '\r\nE BOD: Brownout detector was triggered\r\n\r\n',
    macVendor: chip.macVendor,
    buildName: `ESP32_GENERIC_${modelOf(name)}`,
    loading: chip.printsSpiMode ? SPI_MODE_LOADING : SPIWP_LOADING,
    ...(chip.buildFor && { buildFor: chip.buildFor }),
    build: (...facts) => buildOf(name, chip, ...facts),
    bootText: (cause, mode) =>
      `ESP-ROM:${chip.rom}\r\nBuild:${chip.romDate}\r\nrst:${chip.causes[cause]},boot:${modes[mode]}\r\n`,
  });
}
