// What a computer's lines do to a chip with USB-Serial/JTAG, and what the computer finds on the bus.

import { UsbJtagSerialReset } from 'esptool-js';
import { expect, test } from 'vitest';
import { UsbSerialJtag } from '../../../../src/virtual-board/usb/serial-jtag.js';
import { attachUsb, JTAG_DEVICE } from '../../../support/usb-attachment.js';

test("esptool-js's reset for it leads into the loader", async () => {
  const { port, events } = attachUsb(UsbSerialJtag);
  const lines = { dtr: false, rts: false };
  const set = async (change: Partial<typeof lines>) =>
    port.host.setLines({ ...Object.assign(lines, change) });
  const transport = {
    setDTR: (dtr: boolean) => set({ dtr }),
    setRTS: (rts: boolean) => set({ rts }),
  };
  await new UsbJtagSerialReset(transport as never).reset();
  expect(events).toEqual(['hold', 'download']);
});

test('RTS alone restarts the firmware', () => {
  const { port, events } = attachUsb(UsbSerialJtag);
  port.host.setLines({ dtr: false, rts: true });
  port.host.setLines({ dtr: false, rts: false });
  expect(events).toEqual(['hold', 'flash']);
});

test('the way over both lines off takes the request for the loader back', () => {
  const { port, events } = attachUsb(UsbSerialJtag);
  port.host.setLines({ dtr: true, rts: false });
  port.host.setLines({ dtr: false, rts: false });
  port.host.setLines({ dtr: false, rts: true });
  port.host.setLines({ dtr: false, rts: false });
  expect(events).toEqual(['hold', 'flash']);
});

test('opening the port, which asserts both lines, restarts nothing', () => {
  const { port, events } = attachUsb(UsbSerialJtag);
  port.host.setLines({ dtr: true, rts: true });
  port.host.setLines({ dtr: false, rts: false });
  expect(events).toEqual([]);
});

test('its device leaves the bus with a reset by the lines alone, and comes back as it was', async () => {
  const { port, clock, devices } = attachUsb(UsbSerialJtag);
  port.powerOn();
  await clock.advance(300);
  port.chipRuns('nothing'); // a watchdog, or a program that restarts
  port.chipRuns('firmware');
  expect(devices).toEqual([JTAG_DEVICE]);
  port.host.setLines({ dtr: false, rts: true });
  port.host.setLines({ dtr: false, rts: false });
  expect(devices).toEqual([JTAG_DEVICE, undefined]);
  await clock.advance(300);
  expect(devices).toEqual([JTAG_DEVICE, undefined, JTAG_DEVICE]);
});

test('its output does not depend on DTR', async () => {
  const { port, clock, received } = attachUsb(UsbSerialJtag);
  port.powerOn();
  port.chipRuns('firmware');
  await clock.advance(300);
  port.chip.transmit(Buffer.from('>>> '));
  await clock.advance(10);
  expect(received()).toBe('>>> ');
});

test('what the chip sends while its device is away is lost', async () => {
  const { port, clock, received } = attachUsb(UsbSerialJtag);
  port.powerOn();
  port.chip.transmit(Buffer.from('ESP-ROM:esp32c3'));
  await clock.advance(300);
  port.chip.transmit(Buffer.from('>>> '));
  await clock.advance(10);
  expect(received()).toBe('>>> ');
});
