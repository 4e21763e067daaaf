// What is known of a firmware image, whatever its family.

import type { ChipFamily } from '../families.js';

/** How the flash chip is read: two or four data lines, for data only or for addresses too. */
export type FlashMode = 'qio' | 'qout' | 'dio' | 'dout';

/** In the order of their numbers in byte 2 of an image's header. */
export const FLASH_MODES: readonly FlashMode[] = ['qio', 'qout', 'dio', 'dout'];

/** What an image says about itself. */
export interface FirmwareImage {
  readonly bytes: Uint8Array;
  readonly chip: ChipFamily;
  /** Address in flash where it belongs. */
  readonly offset: number;
  /** MicroPython's version, e.g. `1.27.0`. */
  readonly version: string | undefined;
  readonly flashMode: FlashMode | undefined;
  /** Smallest flash that it works on, as far as it tells: its own end, or that of its last partition. */
  readonly neededFlashBytes: number;
}

/** @returns MicroPython's version, from the text that its banner and `os.uname()` are made of */
export function findVersion(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return /v(\d+\.\d+(?:\.\d+)?(?:-preview[.\w]*)?) on \d{4}-\d\d-\d\d/.exec(text)?.[1];
}
