// The ESP32 as its loaders show it, as data: a D0WD, by default of revision 3, as modules have carried since 2020.
// Registers after Espressif's technical reference and esptool's documentation.

import type { ChipDefinition } from './chip-definition.js';

const EFUSE_BASE = 0x3ff5a000;
const SYSCON_DATE = 0x3ff6607c;
/** RTCCALICFG1: crystal cycles in the cycles of the 8 MHz clock that the ROM counted, from bit 7 on. */
const CRYSTAL_COUNT = 0x3ff5f06c;
/** With it a flasher computes the crystal's rate as the ROM does: 2048 × 15625 × 50 / 40 = 40 MHz. */
const CRYSTAL_COUNT_AT_40_MHZ = 2048 << 7;
/** Efuse word 4, CK8M_FREQ. */
const CK8M_FREQ = 50;
/** Bits that form the major revision: efuse word 3, efuse word 5, SYSCON's date register. */
const REVISION_BIT_0 = 1 << 15;
const REVISION_BIT_1 = 1 << 20;
const REVISION_BIT_2 = 0x80000000;
/** Efuse word 5: the minor revision. */
const MINOR_SHIFT = 24;
/** Efuse word 0: FLASH_CRYPT_CNT; an odd number of ones encrypts. */
const ENCRYPTED_ONCE = 1 << 20;
/** Efuse word 6: ABS_DONE_0, and ABS_DONE_1 from revision 3 on. */
const SECURE_BOOT_V1 = 1 << 4;
const SECURE_BOOT_V2 = 1 << 5;
/** Efuse word 3, bits 9 to 11: ESP32-D0WD. */
const PACKAGE_D0WD = 1 << 9;

export const ESP32_LOADER: ChipDefinition = {
  magic: { address: 0x40001000, value: 0x00f01d83 },
  uartDivider: { address: 0x3ff40014, clockHz: 40_000_000 },
  spi: {
    base: 0x3ff42000,
    usr: 0x1c,
    usr1: 0x20,
    usr2: 0x24,
    w0: 0x80,
    answerLength: { offset: 0x2c, shift: 0, mask: 0xffffff },
  },
  usualRevision: 300,
  largestRevision: { major: 3, minor: 3 },
  fuseLocks: ['flash-encryption', 'secure-boot'],
  efuses: ({ mac, revision, locks }) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac;
    const major = Math.floor(revision / 100);
    const secureBoot = major >= 3 ? SECURE_BOOT_V2 : SECURE_BOOT_V1;
    return new Map([
      [EFUSE_BASE, locks.includes('flash-encryption') ? ENCRYPTED_ONCE : 0],
      [EFUSE_BASE + 24, locks.includes('secure-boot') ? secureBoot : 0],
      [EFUSE_BASE + 4, ((c << 24) | (d << 16) | (e << 8) | f) >>> 0],
      [EFUSE_BASE + 8, (crc8(mac) << 16) | (a << 8) | b],
      [EFUSE_BASE + 12, (major >= 1 ? REVISION_BIT_0 : 0) | PACKAGE_D0WD],
      [EFUSE_BASE + 16, CK8M_FREQ],
      [EFUSE_BASE + 20, (major >= 2 ? REVISION_BIT_1 : 0) | ((revision % 100) << MINOR_SHIFT)],
      [CRYSTAL_COUNT, CRYSTAL_COUNT_AT_40_MHZ],
      [SYSCON_DATE, major >= 3 ? REVISION_BIT_2 : 0],
    ]);
  },
  syncValue: 0x20120707,
  romStatusBytes: 4,
  rom: 'esp32',
};

/** The checksum of the address in the efuses (polynomial 0x31, reflected). */
function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8c : crc >>> 1;
  }
  return crc;
}
