// The model of a chip: how its ROM boots, the format of its images, how a loader identifies it.
// Types only; one file a chip implements them.

import type { ChipDefinition } from '../rom/chips/chip-definition.js';
import type { BoardHardware } from './builds.js';

/** What MicroPython calls the port that it was built for. */
export type ChipFamily = 'esp8266' | 'esp32';

/** What the strapping pins select: GPIO0 low at reset is download. */
export type BootMode = 'download' | 'flash';

/**
 * Why the chip starts. `usb`: the control lines of the chip's USB port. `software`: by the program. `bootloader`: the second
 * bootloader gives up. `watchdog`: the RTC's. `no-firmware`: the watchdog that the ROM starts before it loads.
 */
export type ResetCause =
  | 'power-on'
  | 'en-pin'
  | 'usb'
  | 'software'
  | 'bootloader'
  | 'watchdog'
  | 'no-firmware'
  | 'brown-out';

/** The part of a flash chip that booting needs. */
export interface ReadableFlash {
  readonly sizeBytes: number;
  read(address: number, lengthBytes: number): Uint8Array;
}

export interface FlashRange {
  readonly address: number;
  readonly sizeBytes: number;
}

/** Flash regions in which MicroPython and the SDK store data; absent if the flash is too small. */
export interface FlashRegions {
  readonly filesystem?: FlashRange | undefined;
  /** Parameters of the SDK: networks, access point, calibration. */
  readonly settings?: FlashRange | undefined;
}

/** Facts that a MicroPython reports about itself. */
export interface FirmwareVersion {
  /** Such as `1.27.0`. */
  readonly version: string;
  /** Such as `2025-12-09`. */
  readonly buildDate: string;
  /** `sys.implementation._build`, such as `ESP32_GENERIC_S3-SPIRAM_OCT`; none before 1.25. */
  readonly buildName?: string | undefined;
}

/** Facts that a MicroPython reports about its board. */
export interface BuildFacts {
  /** In the banner and in `os.uname()`. */
  readonly machine: string;
  /** `sys.implementation._mpy`: the format of bytecode, and the architecture of native code. */
  readonly mpy: number;
  /** `absent`: it has no `network.WLAN`; `unanswered`: it has, for a second chip that the board does not have. */
  readonly wifi: 'works' | 'absent' | 'unanswered';
}

/** Result of a boot from flash. */
export type BootResult =
  | { readonly kind: 'runs'; readonly text: string; readonly firmware: FirmwareVersion }
  | {
      readonly kind: 'stuck';
      readonly text: string;
      /** Restarts the chip after this time; without it the chip stops. */
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
  /** Its output when the voltage drops; none on an ESP8266, which does not detect it. */
  readonly brownOutText: string;
  /** First three bytes of the addresses of such chips. */
  readonly macVendor: readonly [number, number, number];
  /** Where its firmware files belong in flash. */
  readonly firmwareAddress: number;

  /** What this MicroPython reports on such a board. */
  build(firmware: Pick<FirmwareVersion, 'version' | 'buildName'>, hardware: BoardHardware): BuildFacts;
  /** What the ROM prints at every reset. */
  bootText(cause: ResetCause, mode: BootMode): string;
  /**
   * Loads the firmware from the flash, as far as possible.
   * @param revision of the chip, in hundredths
   */
  boot(flash: ReadableFlash, revision: number): BootResult;
  /** Regions of the firmware in the flash, or of the usual one if there is none. */
  regions(flash: ReadableFlash): FlashRegions;
  /**
   * A small MicroPython image that is valid in every respect except that its code is noise: the build for this hardware; by
   * default for a flash of 4 MB.
   */
  generateFirmware(options: { version: string; date: string } & Partial<BoardHardware>): Uint8Array;
}
