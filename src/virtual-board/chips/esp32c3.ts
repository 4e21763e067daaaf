// The ESP32-C3 behind a USB-UART bridge: what its ROM prints, and where its firmware begins. Texts as in boot logs of
// real boards. Its MicroPython presents itself as that of an ESP32.

import { ESP32C3_LOADER } from '../rom/chips/esp32c3-loader.js';
import type { ResetCause } from './chip-model.js';
import { esp32FamilyChip } from './esp32-family.js';

const ROM_LINES = 'ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021';

const ROM_CAUSES: Readonly<Record<ResetCause, string>> = {
  'power-on': '0x1 (POWERON)',
  'en-pin': '0x1 (POWERON)',
  software: '0x3 (RTC_SW_SYS_RST)',
  watchdog: '0x10 (RTCWDT_RTC_RST)',
  'brown-out': '0xf (BROWNOUT_RST)',
};
const BOOT_MODES = {
  download: '0x4 (DOWNLOAD(USB/UART0/1))\r\nwaiting for download',
  flash: '0xc (SPI_FAST_FLASH_BOOT)',
} as const;

export const ESP32C3 = esp32FamilyChip(
  // What 1.27.0 asks for.
  { chipId: 5, bootloaderAt: 0, revisions: { min: 3, max: 199 } },
  {
    loader: ESP32C3_LOADER,
    romBaudRate: 115200,
    firmwareStartMs: 300,
    pythonResetCause: { 'power-on': 1, 'en-pin': 1, software: 2, watchdog: 3, 'brown-out': 1 },
    brownOutText: '\r\nE BOD: Brownout detector was triggered\r\n\r\n',
    macVendor: [0x7c, 0xdf, 0xa1],
    bootText: (cause, mode) => `${ROM_LINES}\r\nrst:${ROM_CAUSES[cause]},boot:${BOOT_MODES[mode]}\r\n`,
  },
);
