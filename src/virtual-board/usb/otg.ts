// USB-OTG: a device of the ROM or of MicroPython, none while the chip is in reset; its lines are messages to MicroPython.

import type { ControlLines } from '../../port/port.js';
import type { Running } from '../attachment.js';
import type { UsbDevice } from './bus-presence.js';
import { NativeUsb } from './native-usb.js';

const MICROPYTHON_PRODUCT_ID = '4001';
/** From the change of lines to machine.bootloader(), in MicroPython's mp_usbd_cdc.c. */
const BOOTLOADER_DELAY_MS = { real: 250, slow: 250, max: 5 } as const;
const TOUCH_BAUD_RATE = 1200;

export class UsbOtg extends NativeUsb {
  #cancelBootloader: () => void = () => {};

  /** A chip without firmware is not a device until its buttons put it into its loader. */
  powerOn(): void {
    this.bootMode = this.control.isBootable() ? 'flash' : 'download';
    this.control.boot('power-on');
  }

  override chipRuns(running: Running): void {
    super.chipRuns(running);
    this.#cancelBootloader();
    if (running === 'nothing') this.presence.leave();
    else this.presence.arrive(running === 'firmware' ? this.#micropythonDevice : this.#romDevice);
  }

  protected linesChanged(before: ControlLines, { dtr, rts }: ControlLines): void {
    if (this.running !== 'firmware') return;
    const isAsked = before.rts && !before.dtr && dtr && !rts;
    const isTouched = this.hostBaudRate === TOUCH_BAUD_RATE && before.dtr && !dtr;
    if (!isAsked && !isTouched) return;
    const { clock, speed } = this.parts;
    this.#cancelBootloader = clock.setTimer(() => this.#restartIntoLoader(), BOOTLOADER_DELAY_MS[speed]);
  }

  /** MicroPython drops its output while DTR is off. */
  protected dropsOutput(): boolean {
    return this.running === 'firmware' && !this.lines.dtr;
  }

  /** machine.bootloader() sets the bit, and the ROM stays in download mode until it is cleared. */
  #restartIntoLoader(): void {
    this.isDownloadForced = true;
    this.bootMode = 'download';
    this.control.boot('software');
  }

  get #micropythonDevice(): UsbDevice {
    return { productId: MICROPYTHON_PRODUCT_ID, serialNumber: this.macDigits.join('') };
  }

  get #romDevice(): UsbDevice {
    const { romProductId } = this.parts.facts;
    return romProductId === undefined ? this.jtagDevice : { productId: romProductId, serialNumber: '0' };
  }
}
