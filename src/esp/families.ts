// The table of chips: what decides about images, flash and locks for each family. No port here.

/** Named as the ROM loader's chip detection names them. */
export type ChipFamily =
  | 'ESP8266'
  | 'ESP32'
  | 'ESP32-S2'
  | 'ESP32-S3'
  | 'ESP32-C2'
  | 'ESP32-C3'
  | 'ESP32-C5'
  | 'ESP32-C6'
  | 'ESP32-C61'
  | 'ESP32-H2'
  | 'ESP32-P4';

/** Some bits of a register. */
export interface RegisterField {
  readonly address: number;
  readonly shift: number;
  readonly bits: number;
}

/** How to read from a chip whether it requires encrypted or signed firmware. */
export type SecuritySource =
  | { readonly kind: 'none' }
  /** The ROM has no command for it: eFuses of block 0. */
  | {
      readonly kind: 'efuses';
      /** An odd number of ones: the flash is encrypted. */
      readonly flashCryptCount: RegisterField;
      readonly secureBootV1: RegisterField;
      /** Means something from this revision on, in hundredths. */
      readonly secureBootV2: RegisterField & { readonly sinceRevision: number };
    }
  /** GET_SECURITY_INFO. */
  | { readonly kind: 'command' };

/** Registers that matter where the chip's own USB port is used, which no reset line goes with. */
export interface UsbRegisters {
  /** RTC watchdog: the key that lets it be written, its settings and its time. */
  readonly watchdog: { readonly protect: number; readonly config: number; readonly time: number };
  /** Super watchdog: the key that lets it be written, and the bit with which it feeds itself. */
  readonly superWatchdog?: {
    readonly protect: number;
    readonly key: number;
    readonly config: number;
    readonly autoFeed: number;
  };
  /** A bit that keeps a chip in its loader over a reset; only chips with USB-OTG have it. */
  readonly forceDownload?: { readonly address: number; readonly mask: number };
  /** The ROM's variable with the number of the port that it uses (UARTDEV_BUF_NO in esptool), on chips with USB-OTG. */
  readonly romPort?: {
    readonly address: number;
    /** Another address on chips before this revision, in hundredths. */
    readonly before?: { readonly revision: number; readonly address: number };
    readonly otg: number;
    readonly serialJtag?: number;
  };
}

export interface FamilyFacts {
  /** Chip id in the extended header of an image; an ESP8266's header has none. */
  readonly imageChipId: number | undefined;
  /** Address in flash from which the ROM starts the first image. */
  readonly imageOffset: number;
  /** An ESP32-P4 has a second chip for it, on boards that have WiFi. */
  readonly wifi: 'built-in' | 'second-chip' | 'none';
  readonly security: SecuritySource;
  readonly usb?: UsbRegisters;
  /** eFuse field with the size of the PSRAM in the package, and its values for PSRAM on eight data lines. */
  readonly packagePsram?: {
    readonly low: RegisterField;
    readonly high: RegisterField;
    readonly octal: readonly number[];
  };
  /** Fields of the chip's revision that esptool-js's target for the family reads wrongly or not at all. */
  readonly revision?: { readonly major?: RegisterField; readonly minor: RegisterField };
}

const SWD_KEY = 0x8f1d312a;
const LP_SWD_KEY = 0x50d83aa1;

/** Of the chips with a separate low-power watchdog; addresses from its base. */
function lowPowerWatchdogs(base: number, protect: number): UsbRegisters {
  return {
    watchdog: { protect: base + protect, config: base, time: base + 4 },
    superWatchdog: {
      protect: base + protect + 8,
      key: LP_SWD_KEY,
      config: base + protect + 4,
      autoFeed: 2 ** 18,
    },
  };
}

const BY_COMMAND: SecuritySource = { kind: 'command' };

/**
 * Ids and offsets: "Firmware Image Format" in esptool's documentation. Registers: Espressif's technical reference
 * manuals, chapter eFuse Controller.
 */
export const CHIP_FAMILIES: Readonly<Record<ChipFamily, FamilyFacts>> = {
  ESP8266: { imageChipId: undefined, imageOffset: 0, wifi: 'built-in', security: { kind: 'none' } },
  ESP32: {
    imageChipId: 0,
    imageOffset: 0x1000,
    wifi: 'built-in',
    security: {
      kind: 'efuses',
      flashCryptCount: { address: 0x3ff5a000, shift: 20, bits: 7 },
      secureBootV1: { address: 0x3ff5a018, shift: 4, bits: 1 },
      secureBootV2: { address: 0x3ff5a018, shift: 5, bits: 1, sinceRevision: 300 },
    },
    revision: { minor: { address: 0x3ff5a014, shift: 24, bits: 2 } },
  },
  'ESP32-S2': {
    imageChipId: 2,
    imageOffset: 0x1000,
    wifi: 'built-in',
    security: BY_COMMAND,
    usb: {
      watchdog: { protect: 0x3f4080ac, config: 0x3f408094, time: 0x3f408098 },
      forceDownload: { address: 0x3f408128, mask: 1 },
      romPort: { address: 0x3ffffd14, otg: 2 },
    },
  },
  'ESP32-S3': {
    imageChipId: 9,
    imageOffset: 0,
    wifi: 'built-in',
    security: BY_COMMAND,
    usb: {
      watchdog: { protect: 0x600080b0, config: 0x60008098, time: 0x6000809c },
      superWatchdog: { protect: 0x600080b8, key: SWD_KEY, config: 0x600080b4, autoFeed: 2 ** 31 },
      forceDownload: { address: 0x6000812c, mask: 1 },
      romPort: { address: 0x3fcef14c, otg: 3, serialJtag: 4 },
    },
    packagePsram: {
      low: { address: 0x60007054, shift: 3, bits: 2 },
      high: { address: 0x60007058, shift: 19, bits: 1 },
      octal: [1, 3], // 8 MB and 16 MB; 2 MB have four lines
    },
  },
  'ESP32-C2': {
    imageChipId: 12,
    imageOffset: 0,
    wifi: 'built-in',
    security: BY_COMMAND,
    revision: {
      major: { address: 0x60008844, shift: 20, bits: 2 },
      minor: { address: 0x60008844, shift: 16, bits: 4 },
    },
  },
  'ESP32-C3': {
    imageChipId: 5,
    imageOffset: 0,
    wifi: 'built-in',
    security: BY_COMMAND,
    usb: {
      watchdog: { protect: 0x600080a8, config: 0x60008090, time: 0x60008094 },
      superWatchdog: { protect: 0x600080b0, key: SWD_KEY, config: 0x600080ac, autoFeed: 2 ** 31 },
    },
  },
  'ESP32-C5': {
    imageChipId: 23,
    imageOffset: 0x2000,
    wifi: 'built-in',
    security: BY_COMMAND,
    usb: lowPowerWatchdogs(0x600b1c00, 0x18),
  },
  'ESP32-C6': {
    imageChipId: 13,
    imageOffset: 0,
    wifi: 'built-in',
    security: BY_COMMAND,
    usb: lowPowerWatchdogs(0x600b1c00, 0x18),
    revision: {
      major: { address: 0x600b0850, shift: 22, bits: 2 },
      minor: { address: 0x600b0850, shift: 18, bits: 4 },
    },
  },
  'ESP32-C61': {
    imageChipId: 20,
    imageOffset: 0,
    wifi: 'built-in',
    security: BY_COMMAND,
    usb: lowPowerWatchdogs(0x600b1c00, 0x18),
  },
  'ESP32-H2': {
    imageChipId: 16,
    imageOffset: 0,
    wifi: 'none',
    security: BY_COMMAND,
    usb: lowPowerWatchdogs(0x600b1c00, 0x1c),
  },
  'ESP32-P4': {
    imageChipId: 18,
    imageOffset: 0x2000,
    wifi: 'second-chip',
    security: BY_COMMAND,
    usb: {
      ...lowPowerWatchdogs(0x50116000, 0x18),
      forceDownload: { address: 0x50110008, mask: 4 },
      romPort: {
        address: 0x4ffbfec8,
        before: { revision: 300, address: 0x4ff3fec8 },
        otg: 5,
        serialJtag: 6,
      },
    },
  },
};

/** @returns the family of this name, or `undefined` for a chip that is not in the table */
export function familyNamed(name: string): ChipFamily | undefined {
  return (Object.keys(CHIP_FAMILIES) as ChipFamily[]).find((family) => family === name);
}

/** @returns the family with this id in its images, or `undefined` for one that is not in the table */
export function familyOfImage(chipId: number): ChipFamily | undefined {
  const names = Object.keys(CHIP_FAMILIES) as ChipFamily[];
  return names.find((name) => CHIP_FAMILIES[name].imageChipId === chipId);
}

/** @returns a revision as Espressif writes it: hundredths are the major number, the rest the minor one */
export function revisionText(revision: number): string {
  return `v${Math.floor(revision / 100)}.${revision % 100}`;
}
