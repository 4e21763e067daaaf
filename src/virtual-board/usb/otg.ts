// USB-OTG: a device of the ROM or of MicroPython, none while the chip is in reset; its lines are messages to MicroPython.

import type { ControlLines } from '../../port/port.js';
import type { Running } from '../attachment.js';
import type { UsbDevice } from './bus-presence.js';
import { NativeUsb } from './native-usb.js';

const MICROPYTHON_PRODUCT_ID = '4001';
// Figures of MicroPython's shared/tinyusb/mp_usbd_cdc.c and tusb_config.h.
/** From the change of lines to machine.bootloader(). */
const BOOTLOADER_DELAY_MS = { real: 250, slow: 250, max: 5 } as const;
/** CFG_TUD_CDC_TX_BUFSIZE: without DTR the latest bytes stay in it. */
const HELD_BYTES = 256;
/** From DTR on to the transmission of what was held. */
const HELD_DELAY_MS = { real: 16, slow: 16, max: 1 } as const;
const TOUCH_BAUD_RATE = 1200;

export class UsbOtg extends NativeUsb {
  #cancelBootloader: () => void = () => {};
  #cancelRelease: () => void = () => {};
  /** What MicroPython printed while DTR was off; it outlives an enumeration. */
  #held: Uint8Array = new Uint8Array();

  /** A chip without firmware is not a device until its buttons put it into its loader. */
  powerOn(): void {
    this.bootMode = this.control.isBootable() ? 'flash' : 'download';
    this.control.boot('power-on');
  }

  override chipRuns(running: Running): void {
    super.chipRuns(running);
    this.#cancelBootloader();
    this.#cancelRelease();
    this.#held = new Uint8Array();
    if (running === 'nothing') this.presence.leave();
    else this.presence.arrive(running === 'firmware' ? this.#micropythonDevice : this.#romDevice);
  }

  protected linesChanged(before: ControlLines, { dtr, rts }: ControlLines): void {
    if (this.running !== 'firmware') return;
    const { clock, speed } = this.parts;
    if (dtr) {
      this.#cancelRelease();
      this.#cancelRelease = clock.setTimer(() => this.transmit(new Uint8Array()), HELD_DELAY_MS[speed]);
    }
    const isAsked = before.rts && !before.dtr && dtr && !rts;
    const isTouched = this.hostBaudRate === TOUCH_BAUD_RATE && !dtr && !rts;
    if (!isAsked && !isTouched) return;
    this.#cancelBootloader = clock.setTimer(() => this.#restartIntoLoader(), BOOTLOADER_DELAY_MS[speed]);
  }

  protected override transmit(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#held, bytes]);
    const isHeld = this.running === 'firmware' && !this.lines.dtr;
    this.#held = isHeld ? all.subarray(-HELD_BYTES) : new Uint8Array();
    if (!isHeld) super.transmit(all);
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
