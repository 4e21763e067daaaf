// The chip's end of a native USB port, without a chip.

import type { Attachment, ChipControl } from '../../src/virtual-board/attachment.js';
import type { UsbDevice } from '../../src/virtual-board/usb/bus-presence.js';
import type { NativeUsbParts } from '../../src/virtual-board/usb/native-usb.js';
import { ManualClock } from './manual-clock.js';

export const JTAG_DEVICE: UsbDevice = { productId: '1001', serialNumber: '7C:DF:A1:00:11:22' };

/** A USB port whose chip records what the port does to it: `hold`, and the mode of each boot. */
export function attachUsb<T extends Attachment>(
  Port: new (control: ChipControl, parts: NativeUsbParts) => T,
  options: { romProductId?: string; isBootable?: boolean } = {},
) {
  const clock = new ManualClock();
  const events: string[] = [];
  const devices: (UsbDevice | undefined)[] = [];
  const { isBootable = true, ...facts } = options;
  let received = '';
  const port: T = new Port(
    {
      receive: () => {},
      hold: () => events.push('hold'),
      boot: (cause) => events.push(port.latchBootMode(cause)),
      isBootable: () => isBootable,
    },
    {
      revision: 100,
      facts: { kinds: [], registers: { config: 0, time: 4, protect: 8 }, ...facts },
      ...{ mac: Uint8Array.of(0x7c, 0xdf, 0xa1, 0, 0x11, 0x22), romBaudRate: 115200, speed: 'real', clock },
      onDevice: (device) => devices.push(device),
      onHostReceive: (bytes) => {
        received += Buffer.from(bytes).toString('latin1');
      },
    },
  );
  return { port, clock, events, devices, received: () => received };
}
