// The ESP8266 as its loaders show it, as data. Registers after Espressif's technical reference and esptool's
// documentation.

import type { ChipDefinition } from './chip-definition.js';

const EFUSE_BASE = 0x3ff00050;
const SPI_USR1 = 0x20;
/** Word 2 of the efuses: the flash is inside the chip. */
const FLASH_INSIDE = 1 << 16;

export const ESP8266_LOADER: ChipDefinition = {
  magic: { address: 0x40001000, value: 0xfff0c101 },
  // Twice the 26 MHz crystal.
  uartDivider: { address: 0x60000014, clockHz: 52_000_000 },
  spi: {
    base: 0x60000200,
    usr: 0x1c,
    usr1: SPI_USR1,
    usr2: 0x24,
    w0: 0x40,
    answerLength: { offset: SPI_USR1, shift: 8, mask: 0x1ff },
  },
  usualRevision: 0,
  efuses: ({ mac }) => efuses(mac, 0),
  syncValue: 0x20120707,
  romStatusBytes: 2,
  rom: 'esp8266',
};

/** An ESP8266 with its flash in the same package; only an efuse differs. */
export const ESP8285_LOADER: ChipDefinition = {
  ...ESP8266_LOADER,
  efuses: ({ mac }) => efuses(mac, FLASH_INSIDE),
};

function efuses([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: Uint8Array, word2: number) {
  return new Map([
    [EFUSE_BASE, (f << 24) >>> 0],
    [EFUSE_BASE + 4, 0x02000000 | (d << 8) | e],
    [EFUSE_BASE + 8, word2],
    [EFUSE_BASE + 12, (a << 16) | (b << 8) | c],
  ]);
}
