// What all chips of the ESP32 family have in common: how ROM and second bootloader start MicroPython, and what they
// print on the way. Texts as in boot logs of real boards.

import type { BoardHardware, RevisionRange } from './builds.js';
import type { BootResult, ChipModel, FlashRegions, ReadableFlash } from './chip-model.js';
import {
  type Application,
  type Esp32Image,
  findApplication,
  generateEsp32Firmware,
  type ImageTarget,
  readEsp32Image,
} from './esp32-image.js';
import { findFilesystem, readPartitions, usualPartitions } from './esp32-partitions.js';

/** The ROM tries to load a header repeatedly until its watchdog resets the chip. */
const HEADER_TRIES = 8;
const ROM_WATCHDOG_MS = 300;

/** Layout that is assumed for a flash without firmware. */
const USUAL_VERSION = '1.27.0';
const USUAL_FLASH_BYTES = 4 * 1024 * 1024;

/** After esp_reset_reason() and `mp_machine_reset_cause` in MicroPython's ports/esp32/modmachine.c. */
const PYTHON_RESET_CAUSE = {
  ...{ 'power-on': 1, 'en-pin': 1, usb: 0, software: 2, bootloader: 2 },
  ...{ watchdog: 3, 'no-firmware': 3, 'brown-out': 1 },
};

type OwnPart = Omit<
  ChipModel,
  'family' | 'firmwareAddress' | 'pythonResetCause' | 'boot' | 'regions' | 'generateFirmware'
> & {
  /** Of its plain build. */
  readonly buildName: string;
  /** The build for a board's hardware, where there are several. */
  readonly buildFor?: (hardware: BoardHardware) => { buildName: string; revisions: RevisionRange };
  /** What the ROM prints while it loads the bootloader. */
  readonly loading: (bootloader: Esp32Image) => string;
};

/** @param part what only this chip has */
export function esp32FamilyChip(
  target: ImageTarget,
  { buildName, buildFor = () => ({ buildName, revisions: target.revisions }), loading, ...part }: OwnPart,
): ChipModel {
  return {
    ...part,
    family: 'esp32',
    pythonResetCause: PYTHON_RESET_CAUSE,
    firmwareAddress: target.bootloaderAt,
    boot: (flash, revision) => boot(flash, target.bootloaderAt, revision, loading),
    regions,
    generateFirmware: ({ version, date, flashSizeBytes = USUAL_FLASH_BYTES, ...hardware }) => {
      const { buildName, revisions } = buildFor({ ...hardware, flashSizeBytes });
      return generateEsp32Firmware({ ...target, revisions }, { version, date, buildName });
    },
  };
}

function boot(
  flash: ReadableFlash,
  bootloaderAt: number,
  revision: number,
  loading: OwnPart['loading'],
): BootResult {
  const bootloader = readEsp32Image(flash, bootloaderAt);
  if (bootloader === undefined) {
    const header = new DataView(flash.read(bootloaderAt, 4).buffer).getUint32(0, true);
    const line = `invalid header: 0x${header.toString(16).padStart(8, '0')}\r\n`;
    return {
      kind: 'stuck',
      text: line.repeat(HEADER_TRIES),
      restart: { afterMs: ROM_WATCHDOG_MS, cause: 'no-firmware' },
    };
  }
  const loaded = loading(bootloader);
  const application = findApplication(flash, readPartitions(flash) ?? []);
  const complaint = application
    ? (revisionComplaint(bootloader, revision) ?? revisionComplaint(application, revision))
    : 'E (109) boot: No bootable app partitions in the partition table';
  if (application === undefined || complaint !== undefined) {
    return {
      kind: 'stuck',
      text: `${loaded}${complaint}\r\n`,
      restart: { afterMs: ROM_WATCHDOG_MS, cause: 'bootloader' },
    };
  }
  return { kind: 'runs', text: loaded, firmware: application };
}

/** The second bootloader's check of the header, its own and the application's. */
function revisionComplaint({ revisions }: Application | Esp32Image, revision: number): string | undefined {
  const { min, max } = revisions;
  const text = (value: number): string => `v${Math.floor(value / 100)}.${value % 100}`;
  const found = `found ${text(revision)}.`;
  if (revision < min)
    return `E (8) boot_comm: chip revision check failed. Required >= ${text(min)}, ${found}`;
  if (max !== 0 && max !== 0xffff && revision > max)
    return `E (8) boot_comm: chip revision check failed. Required <= ${text(max)}, ${found}`;
  return undefined;
}

function regions(flash: ReadableFlash): FlashRegions {
  const partitions = readPartitions(flash);
  const version = findApplication(flash, partitions ?? [])?.version ?? USUAL_VERSION;
  const rows = partitions ?? usualPartitions(version);
  return {
    filesystem: findFilesystem(rows, version, flash.sizeBytes),
    settings: rows.find(({ label }) => label === 'nvs')?.range,
  };
}
