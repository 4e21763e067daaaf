// The native USB ports of a chip, as data.

import type { UsbRegisterMap } from './usb-registers.js';

/** `serial-jtag`: a device of the hardware, whatever runs. `otg`: a device of the ROM, or of the firmware. */
export const USB_PORT_KINDS = ['serial-jtag', 'otg'] as const;
export type UsbPortKind = (typeof USB_PORT_KINDS)[number];

export interface ChipUsbFacts {
  readonly kinds: readonly UsbPortKind[];
  /** Of the ROM's device over USB-OTG, where the chip has no USB-Serial/JTAG. */
  readonly romProductId?: string;
  readonly registers: UsbRegisterMap;
  /** The ROM's variable with the number of its port, from a revision on (in hundredths); after esptool's `targets/`. */
  readonly romPort?: {
    readonly addresses: readonly { readonly since: number; readonly address: number }[];
    readonly otg: number;
    readonly serialJtag?: number;
  };
}
