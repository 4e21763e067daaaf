// The USB port of a chip itself, as its host sees it: a device that leaves the bus when the chip restarts and may come back
// as another one, and lines that are messages to whatever runs on the chip.

import type { ControlLines } from '../../port/port.js';
import type { Clock } from '../clock.js';
import type { Speed } from '../speed.js';

/** `serial-jtag`: a device of the hardware, whatever runs. `otg`: a device of the ROM, or of the firmware. */
export const USB_PORT_KINDS = ['serial-jtag', 'otg'] as const;
export type UsbPortKind = (typeof USB_PORT_KINDS)[number];

/** Entry in a host's list of devices; all are Espressif's. */
export interface UsbDevice {
  readonly productId: string;
  readonly serialNumber: string;
}

/** What has the chip to itself; `nothing` while it is in reset. */
export type Running = 'nothing' | 'loader' | 'firmware';

/** A device that has left the bus is seen again after about this long. */
const ENUMERATION_MS = { real: 300, slow: 300, max: 5 } as const;
/** From the change of lines to machine.bootloader(), in MicroPython's mp_usbd_cdc.c. */
const BOOTLOADER_DELAY_MS = { real: 250, slow: 250, max: 5 } as const;
const TOUCH_BAUD_RATE = 1200;

const SERIAL_JTAG = '1001';
const MICROPYTHON = '4001';

interface UsbPortParts {
  readonly kind: UsbPortKind;
  readonly mac: Uint8Array;
  /** Of the ROM's own device where the chip has no USB-Serial/JTAG. */
  readonly romProductId: string | undefined;
  readonly speed: Speed;
  readonly clock: Clock;
  /** Called with the devices that the host finds on the bus. */
  readonly onDevice: (device: UsbDevice | undefined) => void;
  /** Restarts the chip. */
  readonly reset: (into: 'flash' | 'loader') => void;
  /** Holds the chip in its reset. */
  readonly hold: () => void;
}

export class UsbPort {
  readonly #parts: UsbPortParts;
  #lines: ControlLines = { dtr: false, rts: false };
  #hostBaudRate = 115200;
  #running: Running = 'nothing';
  #wantsLoader = false;
  #device: UsbDevice | undefined;
  #cancelArrival: () => void = () => {};
  #cancelBootloader: () => void = () => {};

  constructor(parts: UsbPortParts) {
    this.#parts = parts;
  }

  /** MicroPython drops its output while DTR is off. */
  get dropsOutput(): boolean {
    return this.#parts.kind === 'otg' && this.#running === 'firmware' && !this.#lines.dtr;
  }

  set hostBaudRate(baudRate: number) {
    this.#hostBaudRate = baudRate;
  }

  setLines(lines: ControlLines): void {
    const before = this.#lines;
    this.#lines = lines;
    if (this.#parts.kind === 'serial-jtag') this.#toHardware(before, lines);
    else if (this.#running === 'firmware') this.#toMicroPython(before, lines);
  }

  /** "USB Serial/JTAG Controller" in Espressif's technical references: a table of what each state of both lines does. */
  #toHardware(before: ControlLines, { dtr, rts }: ControlLines): void {
    if (!rts) this.#wantsLoader = dtr;
    const wasReset = before.rts && !before.dtr;
    const isReset = rts && !dtr;
    if (isReset && !wasReset) {
      const into = this.#wantsLoader ? 'loader' : 'flash';
      this.#release = () => this.#parts.reset(into);
      this.#parts.hold();
    }
    if (wasReset && !isReset) {
      this.#show(undefined); // not before: it is the device that takes the lines
      this.#release();
      this.#arrive('loader');
    }
  }

  #release: () => void = () => {};

  #toMicroPython(before: ControlLines, { dtr, rts }: ControlLines): void {
    const isAsked = before.rts && !before.dtr && dtr && !rts;
    const isTouched = this.#hostBaudRate === TOUCH_BAUD_RATE && before.dtr && !dtr;
    if (!isAsked && !isTouched) return;
    const { clock, speed, reset } = this.#parts;
    this.#cancelBootloader = clock.setTimer(() => reset('loader'), BOOTLOADER_DELAY_MS[speed]);
  }

  /** Something else has the chip now. */
  chipRuns(running: Running): void {
    this.#running = running;
    this.#cancelBootloader();
    // The hardware's device stays on the bus through every reset but one by its own lines.
    if (this.#parts.kind === 'serial-jtag') return;
    if (running !== 'nothing') {
      this.#arrive(running);
      return;
    }
    this.#cancelArrival();
    this.#show(undefined);
  }

  /** The board has power. */
  powerUp(): void {
    if (this.#parts.kind === 'serial-jtag') this.#arrive('loader');
  }

  #arrive(running: Exclude<Running, 'nothing'>): void {
    const { clock, speed } = this.#parts;
    this.#cancelArrival();
    this.#cancelArrival = clock.setTimer(() => this.#show(this.#deviceOf(running)), ENUMERATION_MS[speed]);
  }

  #deviceOf(running: Exclude<Running, 'nothing'>): UsbDevice {
    const { kind, mac, romProductId } = this.#parts;
    const digits = [...mac].map((byte) => byte.toString(16).padStart(2, '0'));
    if (kind === 'otg' && running === 'firmware')
      return { productId: MICROPYTHON, serialNumber: digits.join('') };
    if (kind === 'otg' && romProductId !== undefined) return { productId: romProductId, serialNumber: '0' };
    return { productId: SERIAL_JTAG, serialNumber: digits.join(':').toUpperCase() };
  }

  #show(device: UsbDevice | undefined): void {
    if (device === this.#device) return;
    this.#device = device;
    // An operating system asserts both lines when it opens a device; one that is gone has none.
    if (!device) this.#lines = { dtr: false, rts: false };
    this.#parts.onDevice(device);
  }
}
