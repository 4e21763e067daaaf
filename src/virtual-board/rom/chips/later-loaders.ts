// The chips since the ESP32-S2 as their loaders show them, as data. Registers after Espressif's technical reference
// manuals and esptool's documentation.

import type { ChipUsbFacts } from '../../usb/usb-facts.js';
import type { ChipDefinition } from './chip-definition.js';

/** Bits of a word in the eFuses' block that begins with the MAC address. */
interface EfuseField {
  readonly word: number;
  readonly shift: number;
  readonly bits: number;
}

/** What differs between these chips. */
interface LaterChip {
  /** At the address by which flashers identify older chips. */
  readonly magic: number;
  /** In the answer to GET_SECURITY_INFO; an ESP32-S2 does not send it. */
  readonly chipId?: number;
  readonly spiBase: number;
  readonly uartBase: number;
  readonly crystalHz: number;
  readonly assumedCrystalHz?: number;
  /** Address of the block that begins with the MAC address. */
  readonly efuseBlock: number;
  /** The revision's two numbers; the low bits come first. */
  readonly minor: readonly EfuseField[];
  readonly major: readonly EfuseField[];
  readonly usualRevision: number;
  readonly usb?: ChipUsbFacts;
  readonly flashPower?: ChipDefinition['flashPower'];
}

const field = (word: number, shift: number, bits: number): EfuseField => ({ word, shift, bits });

/** Of C3 and S3: three bits here, one there. */
const SPLIT_REVISION = { minor: [field(3, 18, 3), field(5, 23, 1)], major: [field(5, 24, 2)] };
/** Of C5 and C61. */
const WORD_2_REVISION = { minor: [field(2, 0, 4)], major: [field(2, 4, 2)] };

const MHZ = 1_000_000;

const SWD_FEED_BIT_31 = 2 ** 31;
const SWD_KEY = 0x8f1d312a;

/** Watchdogs of the chips since the C6. */
const LP_WATCHDOGS = {
  config: 0x600b1c00,
  time: 0x600b1c04,
  protect: 0x600b1c18,
  superConfig: 0x600b1c1c,
  superProtect: 0x600b1c20,
  superKey: 0x50d83aa1,
  superAutoFeed: 1 << 18,
};
const LP_USB: ChipUsbFacts = { kinds: ['serial-jtag'], registers: LP_WATCHDOGS };

const CHIPS = {
  esp32s2: {
    magic: 0x000007c6,
    spiBase: 0x3f402000,
    uartBase: 0x3f400000,
    crystalHz: 40 * MHZ,
    efuseBlock: 0x3f41a044,
    minor: [field(4, 4, 3), field(3, 20, 1)],
    major: [field(3, 18, 2)],
    usualRevision: 100,
    usb: {
      kinds: ['otg'],
      romProductId: '0002',
      romPort: { addresses: [{ since: 0, address: 0x3ffffd14 }], otg: 2 },
      registers: {
        config: 0x3f408094,
        time: 0x3f408098,
        protect: 0x3f4080ac,
        option: { address: 0x3f408128, forceDownload: 1 },
      },
    },
  },
  esp32s3: {
    magic: 0x00000009,
    chipId: 9,
    spiBase: 0x60002000,
    uartBase: 0x60000000,
    crystalHz: 40 * MHZ,
    efuseBlock: 0x60007044,
    ...SPLIT_REVISION,
    usualRevision: 2,
    usb: {
      kinds: ['serial-jtag', 'otg'],
      romPort: { addresses: [{ since: 0, address: 0x3fcef14c }], otg: 3, serialJtag: 4 },
      registers: {
        config: 0x60008098,
        time: 0x6000809c,
        protect: 0x600080b0,
        superConfig: 0x600080b4,
        superProtect: 0x600080b8,
        superKey: SWD_KEY,
        superAutoFeed: SWD_FEED_BIT_31,
        option: { address: 0x6000812c, forceDownload: 1 },
      },
    },
  },
  esp32c2: {
    magic: 0x6f51306f,
    chipId: 12,
    spiBase: 0x60002000,
    uartBase: 0x60000000,
    crystalHz: 26 * MHZ,
    assumedCrystalHz: 40 * MHZ, // esptool's change_baud
    efuseBlock: 0x60008840,
    minor: [field(1, 16, 4)],
    major: [field(1, 20, 2)],
    usualRevision: 200,
  },
  esp32c3: {
    magic: 0x1b31506f,
    chipId: 5,
    spiBase: 0x60002000,
    uartBase: 0x60000000,
    crystalHz: 40 * MHZ,
    efuseBlock: 0x60008844,
    ...SPLIT_REVISION,
    usualRevision: 4,
    usb: {
      kinds: ['serial-jtag'],
      registers: {
        config: 0x60008090,
        time: 0x60008094,
        protect: 0x600080a8,
        superConfig: 0x600080ac,
        superProtect: 0x600080b0,
        superKey: SWD_KEY,
        superAutoFeed: SWD_FEED_BIT_31,
      },
    },
  },
  esp32c5: {
    magic: 0x63e1406f,
    chipId: 23,
    spiBase: 0x60003000,
    uartBase: 0x60000000,
    crystalHz: 48 * MHZ,
    efuseBlock: 0x600b4844,
    ...WORD_2_REVISION,
    usualRevision: 100,
    usb: LP_USB,
  },
  esp32c6: {
    magic: 0x2ce0806f,
    chipId: 13,
    spiBase: 0x60003000,
    uartBase: 0x60000000,
    crystalHz: 40 * MHZ,
    efuseBlock: 0x600b0844,
    minor: [field(3, 18, 4)],
    major: [field(3, 22, 2)],
    usualRevision: 1,
    usb: LP_USB,
  },
  esp32c61: {
    magic: 0x2421606f,
    chipId: 20,
    spiBase: 0x60003000,
    uartBase: 0x60000000,
    crystalHz: 40 * MHZ,
    efuseBlock: 0x600b4844,
    ...WORD_2_REVISION,
    usualRevision: 100,
    usb: LP_USB,
  },
  esp32h2: {
    magic: 0xd7b73e80,
    chipId: 16,
    spiBase: 0x60003000,
    uartBase: 0x60000000,
    crystalHz: 32 * MHZ,
    efuseBlock: 0x600b0844,
    minor: [field(3, 18, 3)],
    major: [field(3, 21, 2)],
    usualRevision: 2,
    usb: {
      kinds: ['serial-jtag'],
      registers: { ...LP_WATCHDOGS, protect: 0x600b1c1c, superConfig: 0x600b1c20, superProtect: 0x600b1c24 },
    },
  },
  esp32p4: {
    magic: 0x00000000,
    chipId: 18,
    spiBase: 0x5008d000,
    uartBase: 0x500ca000,
    crystalHz: 40 * MHZ,
    efuseBlock: 0x5012d044,
    minor: [field(2, 0, 4)],
    major: [field(2, 4, 2), field(2, 23, 1)],
    usualRevision: 301,
    flashPower: { revisions: [301, 302], address: 0x501153fc, bits: 3 }, // esptool's power_on_flash
    usb: {
      kinds: ['serial-jtag', 'otg'],
      romPort: {
        addresses: [
          { since: 300, address: 0x4ffbfec8 },
          { since: 0, address: 0x4ff3fec8 },
        ],
        otg: 5,
        serialJtag: 6,
      },
      registers: {
        ...LP_WATCHDOGS,
        config: 0x50116000,
        time: 0x50116004,
        protect: 0x50116018,
        superConfig: 0x5011601c,
        superProtect: 0x50116020,
        option: { address: 0x50110008, forceDownload: 4 },
      },
    },
  },
} satisfies Record<string, LaterChip>;

export type LaterChipName = keyof typeof CHIPS;

/** The loader's view of a chip since the ESP32-S2. */
export function laterLoader(name: LaterChipName): ChipDefinition {
  const chip: LaterChip = CHIPS[name];
  return {
    magic: { address: 0x40001000, value: chip.magic },
    uartDivider: { address: chip.uartBase + 0x14, clockHz: chip.crystalHz },
    ...(chip.assumedCrystalHz && { assumedCrystalHz: chip.assumedCrystalHz }),
    spi: {
      base: chip.spiBase,
      usr: 0x18,
      usr1: 0x1c,
      usr2: 0x20,
      w0: 0x58,
      answerLength: { offset: 0x28, shift: 0, mask: 0x3ff },
    },
    usualRevision: chip.usualRevision,
    largestRevision: { major: largestIn(chip.major), minor: largestIn(chip.minor) },
    fuseLocks: ['flash-encryption', 'secure-boot', 'secure-download'],
    ...(chip.usb && { usb: chip.usb }),
    ...(chip.flashPower && { flashPower: chip.flashPower }),
    efuses: ({ mac, revision }) => efuseWords(chip, mac, revision),
    securityInfo: chip.chipId === undefined ? {} : { chipId: chip.chipId },
    syncValue: 0x20120707,
    romStatusBytes: 4,
    rom: 'esp32',
  };
}

function efuseWords(
  { efuseBlock, minor, major }: LaterChip,
  [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: Uint8Array,
  revision: number,
): Map<number, number> {
  const words = [((c << 24) | (d << 16) | (e << 8) | f) >>> 0, (a << 8) | b];
  burn(words, major, Math.floor(revision / 100));
  burn(words, minor, revision % 100);
  return new Map(
    words.flatMap((word, index) => (word === undefined ? [] : [[efuseBlock + 4 * index, word]])),
  );
}

function largestIn(fields: readonly EfuseField[]): number {
  return 2 ** fields.reduce((sum, { bits }) => sum + bits, 0) - 1;
}

/** Spreads a number over its fields. */
function burn(words: number[], fields: readonly EfuseField[], value: number): void {
  let rest = value;
  for (const { word, shift, bits } of fields) {
    words[word] = ((words[word] ?? 0) | ((rest & ((1 << bits) - 1)) << shift)) >>> 0;
    rest >>= bits;
  }
}
