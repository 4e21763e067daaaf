// USB-Serial/JTAG: a device of the hardware, whatever runs on the chip, whose lines reset the chip and choose its boot mode.

import type { ControlLines } from '../../port/port.js';
import { NativeUsb } from './native-usb.js';

export class UsbSerialJtag extends NativeUsb {
  /** What the next reset by the lines starts, as the last state with RTS off has set it. */
  #requested: 'flash' | 'loader' = 'flash';
  /** Set while the lines hold the chip in reset: what starts when they release it. */
  #heldFor: 'flash' | 'loader' | undefined;

  powerOn(): void {
    this.presence.arrive(this.jtagDevice);
    this.control.boot('power-on');
  }

  /** "USB Serial/JTAG Controller" in Espressif's technical references: a table of what each state of both lines does. */
  protected linesChanged(_before: ControlLines, { dtr, rts }: ControlLines): void {
    if (!rts) this.#requested = dtr ? 'loader' : 'flash';
    const isReset = rts && !dtr;
    if (isReset && !this.#heldFor) {
      this.#heldFor = this.#requested;
      this.control.hold();
    } else if (!isReset && this.#heldFor) {
      this.bootMode = this.#heldFor === 'loader' || this.isDownloadForced ? 'download' : 'flash';
      this.#heldFor = undefined;
      this.presence.leave(); // not before: it is the device that takes the lines
      this.control.boot('usb');
      this.presence.arrive(this.jtagDevice);
    }
  }
}
