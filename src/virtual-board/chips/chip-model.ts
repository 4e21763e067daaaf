// What a chip is to its board: how its ROM boots, what an image for it looks like, how a loader tells it.
// Types only; one file a chip implements them.

import type { ChipDefinition } from '../rom/chips/chip-definition.js';

/** What MicroPython calls the port that it was built for. */
export type ChipFamily = 'esp8266' | 'esp32';

/** What the strapping pins select: GPIO0 low at reset is download. */
export type BootMode = 'download' | 'flash';

/** Why the chip starts. */
export type ResetCause = 'power-on' | 'en-pin' | 'software' | 'watchdog' | 'brown-out';

/** The part of a flash chip that booting needs. */
export interface ReadableFlash {
  readonly sizeBytes: number;
  read(address: number, lengthBytes: number): Uint8Array;
}

export interface FlashRange {
  readonly address: number;
  readonly sizeBytes: number;
}

/** Where MicroPython keeps what it remembers. A region that the flash has no room for is missing. */
export interface FlashRegions {
  readonly filesystem?: FlashRange | undefined;
  /** Parameters of the SDK: networks, access point, calibration. */
  readonly settings?: FlashRange | undefined;
}

/** What a MicroPython says of itself. */
export interface FirmwareVersion {
  /** Such as `1.27.0`. */
  readonly version: string;
  /** Such as `2025-12-09`. */
  readonly buildDate: string;
}

/** What a MicroPython says of the board that it was built for. */
export interface BuildFacts {
  /** `sys.implementation._build`, such as `ESP32_GENERIC_C3`. */
  readonly name: string;
  /** In the banner and in `os.uname()`. */
  readonly machine: string;
  /** `sys.implementation._mpy`: the format of bytecode, and the architecture of native code. */
  readonly mpy: number;
  /** Whether it has `network.WLAN`. */
  readonly hasWifi: boolean;
}

/** What comes of booting from flash. */
export type BootResult =
  | { readonly kind: 'runs'; readonly text: string; readonly firmware: FirmwareVersion }
  | {
      readonly kind: 'stuck';
      readonly text: string;
      /** Restarts the chip after this time; without it the chip goes silent. */
      readonly restart?: { readonly afterMs: number; readonly cause: ResetCause };
    };

export interface ChipModel {
  readonly family: ChipFamily;
  readonly loader: ChipDefinition;
  /** Rate of the ROM's own output. */
  readonly romBaudRate: number;
  /** From the end of the ROM's output to the first Python. */
  readonly firmwareStartMs: number;
  /** `machine.reset_cause()` for each cause. */
  readonly pythonResetCause: Readonly<Record<ResetCause, number>>;
  /** What it says when the voltage drops; an ESP8266 does not notice. */
  readonly brownOutText: string;
  /** First three bytes of the addresses of such chips. */
  readonly macVendor: readonly [number, number, number];
  /** Where its firmware files belong in flash. */
  readonly firmwareAddress: number;

  /** What a release of MicroPython for it says of its board. */
  build(version: string, flashSizeBytes: number): BuildFacts;
  /** What the ROM prints at every reset. */
  bootText(cause: ResetCause, mode: BootMode): string;
  /**
   * Loads what the flash holds, as far as it can be loaded.
   * @param revision of the chip, in hundredths
   */
  boot(flash: ReadableFlash, revision: number): BootResult;
  /** Regions as the firmware in the flash uses them, or as the usual one does where there is none. */
  regions(flash: ReadableFlash): FlashRegions;
  /** A small MicroPython image that is valid in every respect except that its code is noise. */
  generateFirmware(options: { version: string; date: string }): Uint8Array;
}
