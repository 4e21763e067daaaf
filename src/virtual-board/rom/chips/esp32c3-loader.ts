// The ESP32-C3 as its loaders show it, as data. Registers after Espressif's technical reference and esptool's
// documentation.

import type { ChipDefinition } from './chip-definition.js';

const EFUSE_BLOCK_1 = 0x60008844;
/** Words of the block: the low bits of the minor revision; its high bit, and the major revision. */
const MINOR_LOW = { word: 3, shift: 18 } as const;
const MINOR_HIGH = { word: 5, shift: 23 } as const;
const MAJOR = { word: 5, shift: 24 } as const;

export const ESP32C3_LOADER: ChipDefinition = {
  magic: { address: 0x40001000, value: 0x1b31506f },
  uartDivider: { address: 0x60000014, clockHz: 40_000_000 },
  spi: {
    base: 0x60002000,
    usr: 0x18,
    usr1: 0x1c,
    usr2: 0x20,
    w0: 0x58,
    answerLength: { offset: 0x28, shift: 0, mask: 0x3ff },
  },
  usualRevision: 4,
  efuses: ({ mac, revision }) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac;
    const [major, minor] = [Math.floor(revision / 100), revision % 100];
    return new Map([
      [EFUSE_BLOCK_1, ((c << 24) | (d << 16) | (e << 8) | f) >>> 0],
      [EFUSE_BLOCK_1 + 4, (a << 8) | b],
      [EFUSE_BLOCK_1 + 4 * MINOR_LOW.word, (minor & 7) << MINOR_LOW.shift],
      [EFUSE_BLOCK_1 + 4 * MAJOR.word, (major << MAJOR.shift) | ((minor >> 3) << MINOR_HIGH.shift)],
    ]);
  },
  securityChipId: 5,
  syncValue: 0x20120707,
  romStatusBytes: 4,
  rom: 'esp32',
};
