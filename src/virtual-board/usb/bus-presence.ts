// The device of a chip as the computer finds it on the bus: it leaves, and is enumerated again some time later.

import type { Clock } from '../clock.js';
import type { Speed } from '../speed.js';

/** Entry in a computer's list of devices; all are Espressif's. */
export interface UsbDevice {
  readonly productId: string;
  readonly serialNumber: string;
}

/** A device that has left the bus is listed again after about this long. */
const ENUMERATION_MS = { real: 300, slow: 300, max: 5 } as const;

interface PresenceParts {
  readonly speed: Speed;
  readonly clock: Clock;
  /** Called with the devices that the computer finds. */
  readonly onDevice: (device: UsbDevice | undefined) => void;
}

export class BusPresence {
  readonly #parts: PresenceParts;
  #device: UsbDevice | undefined;
  #cancelArrival: () => void = () => {};

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  get isPresent(): boolean {
    return this.#device !== undefined;
  }

  arrive(device: UsbDevice): void {
    this.#cancelArrival();
    const { clock, speed } = this.#parts;
    this.#cancelArrival = clock.setTimer(() => this.#show(device), ENUMERATION_MS[speed]);
  }

  leave(): void {
    this.cancelArrival();
    this.#show(undefined);
  }

  cancelArrival(): void {
    this.#cancelArrival();
  }

  #show(device: UsbDevice | undefined): void {
    if (device === this.#device) return;
    this.#device = device;
    this.#parts.onDevice(device);
  }
}
