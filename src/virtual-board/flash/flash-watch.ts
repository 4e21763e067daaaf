// Notices when what MicroPython keeps in flash is changed by something else: its files and the SDK's settings.

import type { FlashRange, FlashRegions } from '../chips/chip-model.js';

/** Reports each region at most once until it is armed again. */
export class FlashWatch {
  readonly #listeners: { filesystem: () => void; settings: () => void };
  #regions: FlashRegions = {};

  constructor(listeners: { filesystem: () => void; settings: () => void }) {
    this.#listeners = listeners;
  }

  arm(regions: FlashRegions): void {
    this.#regions = regions;
  }

  /** A range was erased or written by something else than MicroPython. */
  changed(address: number, lengthBytes: number): void {
    const { filesystem, settings } = this.#regions;
    const end = address + lengthBytes;
    const touches = (range: FlashRange | undefined): boolean =>
      range !== undefined && end > range.address && address < range.address + range.sizeBytes;
    this.#regions = {
      filesystem: touches(filesystem) ? undefined : filesystem,
      settings: touches(settings) ? undefined : settings,
    };
    if (touches(filesystem)) this.#listeners.filesystem();
    if (touches(settings)) this.#listeners.settings();
  }
}
