// Native USB of a virtual chip: its port, the watchdogs that survive a reset over USB, and the request that keeps the chip
// in its loader.

import type { ControlLines } from '../../port/port.js';
import type { BootMode, ResetCause } from '../chips/chip-model.js';
import type { Clock } from '../clock.js';
import type { ChipUsbFacts } from '../rom/chips/chip-definition.js';
import type { LiveRegister } from '../rom/registers.js';
import type { Speed } from '../speed.js';
import { type Running, type UsbDevice, UsbPort, type UsbPortKind } from './usb-port.js';
import { usbRegisters } from './usb-registers.js';

interface ChipUsbParts {
  readonly kind: UsbPortKind;
  readonly facts: ChipUsbFacts | undefined;
  readonly mac: Uint8Array;
  readonly speed: Speed;
  readonly clock: Clock;
  readonly onDevice: (device: UsbDevice | undefined) => void;
  /** Holds the chip in reset. */
  readonly hold: () => void;
  readonly boot: (mode: BootMode, cause: ResetCause) => void;
}

export class ChipUsb {
  readonly #parts: ChipUsbParts;
  readonly #port: UsbPort;
  /** Survives every reset except power-off. */
  #isDownloadForced = false;
  #stopWatchdogs: () => void = () => {};

  constructor(parts: ChipUsbParts) {
    this.#parts = parts;
    const { kind, facts, boot } = parts;
    this.#port = new UsbPort({
      ...parts,
      romProductId: facts?.romProductId,
      reset: (into) => {
        // machine.bootloader() sets the request, and the ROM stays in download mode until it is cleared.
        if (kind === 'otg') this.#isDownloadForced = into === 'loader';
        boot(into === 'loader' ? 'download' : this.#mode, kind === 'otg' ? 'software' : 'en-pin');
      },
    });
  }

  get #mode(): BootMode {
    return this.#isDownloadForced ? 'download' : 'flash';
  }

  /** @param isBlank over USB-OTG a chip without firmware is not a device until its buttons put it into its loader */
  powerUp(isBlank: boolean): void {
    this.#port.powerUp();
    this.#parts.boot(this.#parts.kind === 'otg' && isBlank ? 'download' : 'flash', 'power-on');
  }

  setLines(lines: ControlLines): void {
    this.#port.setLines(lines);
  }

  set hostBaudRate(baudRate: number) {
    this.#port.hostBaudRate = baudRate;
  }

  get dropsOutput(): boolean {
    return this.#port.dropsOutput;
  }

  chipRuns(running: Running): void {
    if (running === 'nothing') this.#stopWatchdogs();
    this.#port.chipRuns(running);
  }

  /** Starts the watchdogs and returns the registers of a loader reached over USB. */
  startWatchdogs(): ReadonlyMap<number, LiveRegister> {
    const { facts, clock, speed, boot } = this.#parts;
    if (!facts) return new Map();
    const { live, stop } = usbRegisters(facts.registers, {
      clock,
      speed,
      force: {
        get: () => this.#isDownloadForced,
        set: (isForced) => {
          this.#isDownloadForced = isForced;
        },
      },
      onBite: () => boot(this.#mode, 'watchdog'),
    });
    this.#stopWatchdogs = stop;
    return live;
  }
}
