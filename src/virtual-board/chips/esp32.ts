// The ESP32: output of its ROM, and offset of its firmware. Texts as in boot logs of real boards.

import { ESP32_LOADER } from '../rom/chips/esp32-loader.js';
import type { ResetCause } from './chip-model.js';
import { esp32FamilyChip } from './esp32-family.js';

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

export const ESP32 = esp32FamilyChip(
  { chipId: 0, bootloaderAt: 0x1000, revisions: { min: 0, max: 399 } },
  {
    loader: ESP32_LOADER,
    romBaudRate: 115200,
    firmwareStartMs: 300,
    pythonResetCause: { 'power-on': 1, 'en-pin': 1, software: 2, watchdog: 3, 'brown-out': 1 },
    brownOutText: '\r\nBrownout detector was triggered\r\n\r\n',
    macVendor: [0x24, 0x0a, 0xc4],
    buildName: 'ESP32_GENERIC',
    build: () => ({
      machine: 'Generic ESP32 module with ESP32',
      mpy: 11014, // format 6.3, xtensawin
      hasWifi: true,
    }),
    bootText: (cause, mode) => `${ROM_DATE}\r\n\r\nrst:${ROM_CAUSES[cause]},boot:${BOOT_MODES[mode]}\r\n`,
  },
);
