// The ESP32: how its ROM and its second bootloader start MicroPython, and what they print.
// Texts as seen in boot logs of real boards.

import { ESP32_LOADER } from '../rom/esp32-loader.js';
import type {
  BootResult,
  ChipModel,
  FlashContents,
  FlashRange,
  FlashRegions,
  ResetCause,
} from './chip-model.js';
import {
  BOOTLOADER_AT,
  type Esp32Image,
  findApplication,
  generateEsp32Firmware,
  readEsp32Image,
  readPartitions,
  USUAL_PARTITIONS,
} from './esp32-image.js';

const ROM_DATE = 'ets Jul 29 2019 12:21:46';

/** The reset pin and power-on are one to this chip. */
const ROM_CAUSES: Readonly<Record<ResetCause, string>> = {
  'power-on': '0x1 (POWERON_RESET)',
  'en-pin': '0x1 (POWERON_RESET)',
  software: '0xc (SW_CPU_RESET)',
  watchdog: '0x10 (RTCWDT_RTC_RESET)',
  'brown-out': '0xf (BROWNOUT_RST)',
};
const BOOT_MODES = {
  download: '0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download',
  flash: '0x13 (SPI_FAST_FLASH_BOOT)',
} as const;

/** The ROM tries to load a header again and again until its watchdog bites. */
const HEADER_TRIES = 8;
const ROM_WATCHDOG_MS = 300;

export const ESP32: ChipModel = {
  family: 'esp32',
  loader: ESP32_LOADER,
  romBaudRate: 115200,
  firmwareStartMs: 300,
  pythonResetCause: { 'power-on': 1, 'en-pin': 1, software: 2, watchdog: 3, 'brown-out': 1 },
  brownOutText: '\r\nBrownout detector was triggered\r\n\r\n',
  macVendor: [0x24, 0x0a, 0xc4],
  firmwareAddress: BOOTLOADER_AT,
  bootText: (cause, mode) => `${ROM_DATE}\r\n\r\nrst:${ROM_CAUSES[cause]},boot:${BOOT_MODES[mode]}\r\n`,
  boot,
  regions,
  generateFirmware: generateEsp32Firmware,
};

function boot(flash: FlashContents): BootResult {
  const bootloader = readEsp32Image(flash, BOOTLOADER_AT);
  if (bootloader === undefined) {
    const header = new DataView(flash.read(BOOTLOADER_AT, 4).buffer).getUint32(0, true);
    const line = `invalid header: 0x${header.toString(16).padStart(8, '0')}\r\n`;
    return {
      kind: 'stuck',
      text: line.repeat(HEADER_TRIES),
      restart: { afterMs: ROM_WATCHDOG_MS, cause: 'watchdog' },
    };
  }
  const loaded = loadText(bootloader);
  const application = findApplication(flash, readPartitions(flash) ?? []);
  if (application === undefined) {
    return {
      kind: 'stuck',
      text: `${loaded}E (109) boot: No bootable app partitions in the partition table\r\n`,
      restart: { afterMs: ROM_WATCHDOG_MS, cause: 'software' },
    };
  }
  return { kind: 'runs', text: loaded, firmware: application };
}

function loadText({ segments, entryPoint }: Esp32Image): string {
  const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
  return [
    'configsip: 0, SPIWP:0xee',
    'clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00',
    'mode:DIO, clock div:2',
    ...segments.map(({ address, data }) => `load:${hex(address)},len:${data.length}`),
    `entry ${hex(entryPoint)}`,
    '',
  ].join('\r\n');
}

function regions(flash: FlashContents): FlashRegions {
  const partitions = readPartitions(flash) ?? USUAL_PARTITIONS;
  const range = (name: string): FlashRange | undefined => {
    const found = partitions.find(({ label }) => label === name)?.range;
    return found !== undefined && found.address + found.sizeBytes <= flash.sizeBytes ? found : undefined;
  };
  return { filesystem: range('vfs'), settings: range('nvs') };
}
