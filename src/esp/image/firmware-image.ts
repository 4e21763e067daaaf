// Facts about a firmware image of any family.

import type { ImageEvent } from '../../progress.js';
import type { ChipFamily } from '../families.js';
import type { FilesBehind } from './files-behind.js';
import type { Partition } from './partition-table.js';

/** How the flash chip is read: two or four data lines, for data only or for addresses too. */
export type FlashMode = 'qio' | 'qout' | 'dio' | 'dout';

/** In the order of their numbers in byte 2 of an image's header. */
export const FLASH_MODES: readonly FlashMode[] = ['qio', 'qout', 'dio', 'dout'];

/** Chip revisions in hundredths: 301 is v3.1. */
export interface RevisionRange {
  readonly min: number;
  readonly max: number;
}

/** A checked image. */
export interface FirmwareImage extends UnnamedImage {
  /** Of its file, as in messages. */
  readonly name: string;
}

/** Facts from the image itself. */
export interface UnnamedImage {
  /** What is to be written; padding around the firmware is left out. */
  readonly bytes: Uint8Array;
  readonly chip: ChipFamily;
  /** Address in flash where it belongs. */
  readonly offset: number;
  readonly isMicroPython: boolean;
  /** MicroPython's version, e.g. `1.27.0` or `1.18-127-gf46a7140f-dirty`. */
  readonly version: string | undefined;
  readonly flashMode: FlashMode | undefined;
  /** Smallest flash for the image: its own end, or that of its last partition. */
  readonly neededFlashBytes: number;
  /** Chips that its bootloaders start it on. */
  readonly revisions: RevisionRange;
  /** None for an ESP8266. */
  readonly partitions: readonly Partition[];
  /** Data partitions before the application that the image fills with something, such as `nvs`. */
  readonly filledPartitions: readonly string[];
  /** The filesystem that follows in the file; `bytes` is without it. */
  readonly files: FilesBehind | undefined;
}

/** Facts about a checked image, for progress events. */
export function imageEvent(image: FirmwareImage): ImageEvent {
  const { bytes, chip, version, flashMode, isMicroPython, filledPartitions, files } = image;
  return {
    event: 'image',
    chip,
    version,
    sizeBytes: bytes.length,
    flashMode,
    isMicroPython,
    filledPartitions,
    hasFiles: files !== undefined,
  };
}

export const ANY_REVISION: RevisionRange = { min: 0, max: Number.POSITIVE_INFINITY };
