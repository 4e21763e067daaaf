// The ESP32: output of its ROM, and offset of its firmware. Texts as in boot logs of real boards.

import { ESP32_LOADER } from '../rom/chips/esp32-loader.js';
import { machineName } from './builds.js';
import { esp32FamilyChip } from './esp32-family.js';
import { ESP32_CAUSES, ESP32_LOADING } from './rom-causes.js';

const ROM_DATE = 'ets Jul 29 2019 12:21:46';

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
    brownOutText: '\r\nBrownout detector was triggered\r\n\r\n',
    macVendor: [0x24, 0x0a, 0xc4],
    buildName: 'ESP32_GENERIC',
    loading: ESP32_LOADING,
    build: ({ buildName }) => ({
      machine: machineName(buildName, { board: 'Generic ESP32 module', mcu: 'ESP32' }),
      mpy: 11014, // format 6.3, xtensawin
      wifi: 'works',
    }),
    bootText: (cause, mode) => `${ROM_DATE}\r\n\r\nrst:${ESP32_CAUSES[cause]},boot:${BOOT_MODES[mode]}\r\n`,
  },
);
