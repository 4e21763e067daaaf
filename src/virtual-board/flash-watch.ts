// Notices when what MicroPython keeps in flash is erased under it: its files and the SDK's settings.

import { SECTOR_BYTES } from './flash.js';

/** MicroPython for ESP8266 puts its filesystem here, or behind a larger image. */
const FILESYSTEM_AT = 0x90000;
/** The SDK's parameters: the last five sectors. */
const SDK_PARAMETER_BYTES = 5 * SECTOR_BYTES;

/** @returns how much of a flash of this size is left for files; `undefined` where MicroPython has no filesystem */
export function filesystemBytes(flashSizeBytes: number): number | undefined {
  const bytes = flashSizeBytes - FILESYSTEM_AT - SDK_PARAMETER_BYTES;
  return bytes > 0 ? bytes : undefined;
}

/** Tells of each region at most once until it is armed again; a program can only miss it after a restart. */
export class FlashWatch {
  readonly #sizeBytes: number;
  readonly #listeners: { filesystem: () => void; sdkParameters: () => void };
  #filesystemAt = FILESYSTEM_AT;
  #toldFilesystem = false;
  #toldSdkParameters = false;

  constructor(sizeBytes: number, listeners: { filesystem: () => void; sdkParameters: () => void }) {
    this.#sizeBytes = sizeBytes;
    this.#listeners = listeners;
  }

  /** @param imageBytes size of the MicroPython in the flash, which tells where its filesystem begins */
  arm(imageBytes: number | undefined): void {
    this.#filesystemAt = Math.max(FILESYSTEM_AT, Math.ceil((imageBytes ?? 0) / SECTOR_BYTES) * SECTOR_BYTES);
    this.#toldFilesystem = false;
    this.#toldSdkParameters = false;
  }

  /** A range was erased or written by something else than MicroPython. */
  changed(address: number, lengthBytes: number): void {
    const end = address + lengthBytes;
    const sdkParametersAt = this.#sizeBytes - SDK_PARAMETER_BYTES;
    if (!this.#toldFilesystem && end > this.#filesystemAt && address < sdkParametersAt) {
      this.#toldFilesystem = true;
      this.#listeners.filesystem();
    }
    if (!this.#toldSdkParameters && end > sdkParametersAt) {
      this.#toldSdkParameters = true;
      this.#listeners.sdkParameters();
    }
  }
}
