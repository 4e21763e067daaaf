// What the ROM finds in a flash when it reads it in the mode that the image's header names.

import type { ReadableFlash } from '../chips/chip-model.js';

/** In the order of their numbers in byte 2 of an image's header, the one with most data lines first. */
const FLASH_MODES = ['qio', 'qout', 'dio', 'dout'] as const;
type FlashMode = (typeof FLASH_MODES)[number];

/**
 * @param headerAddress of the image that names the mode
 * @param bestMode with the most data lines that are wired; in a mode that needs more the flash seems erased
 */
export function flashAsRead(flash: ReadableFlash, headerAddress: number, bestMode: FlashMode): ReadableFlash {
  const mode = FLASH_MODES[flash.read(headerAddress + 2, 1)[0] ?? 0] ?? 'dout';
  if (FLASH_MODES.indexOf(mode) >= FLASH_MODES.indexOf(bestMode)) return flash;
  return {
    sizeBytes: flash.sizeBytes,
    read: (_address, lengthBytes) => new Uint8Array(lengthBytes).fill(0xff),
  };
}
