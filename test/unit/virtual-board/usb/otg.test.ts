// What a computer's lines do to a chip with USB-OTG, and what the computer finds on the bus.

import { expect, test } from 'vitest';
import type { ControlLines } from '../../../../src/port/port.js';
import { UsbOtg } from '../../../../src/virtual-board/usb/otg.js';
import { attachUsb, JTAG_DEVICE } from '../../../support/usb-attachment.js';

const MICROPYTHON_DEVICE = { productId: '4001', serialNumber: '7cdfa1001122' };
const ROM_DEVICE = { productId: '0002', serialNumber: '0' };

/** A port whose firmware runs while the computer sets its lines, one after the other. */
function withLines(...lines: readonly ControlLines[]) {
  const usb = attachUsb(UsbOtg);
  usb.port.chipRuns('firmware');
  for (const each of lines) usb.port.host.setLines(each);
  return usb;
}

test('is MicroPython’s device or the ROM’s, and none while the chip restarts', async () => {
  const { port, clock, devices } = attachUsb(UsbOtg, { romProductId: '0002' });
  port.chipRuns('loader');
  await clock.advance(300);
  port.chipRuns('nothing');
  port.chipRuns('firmware');
  await clock.advance(299);
  expect(devices).toEqual([ROM_DEVICE, undefined]);
  await clock.advance(1);
  expect(devices).toEqual([ROM_DEVICE, undefined, MICROPYTHON_DEVICE]);
});

test('its loader is USB-Serial/JTAG on a chip that has both', async () => {
  const { port, clock, devices } = attachUsb(UsbOtg);
  port.chipRuns('loader');
  await clock.advance(300);
  expect(devices).toEqual([JTAG_DEVICE]);
});

test('a chip without firmware starts in its loader', () => {
  const { port, events } = attachUsb(UsbOtg, { isBootable: false });
  port.powerOn();
  expect(events).toEqual(['download']);
});

test('MicroPython keeps the latest 256 bytes while DTR is off, and sends them 16 ms after DTR', async () => {
  const { port, clock, received } = attachUsb(UsbOtg);
  port.chipRuns('firmware');
  port.chip.transmit(Buffer.from('lost'));
  port.chip.transmit(Buffer.from('before the device is on the bus '.repeat(6)));
  await clock.advance(300);
  const last = 'and before it is opened'.padEnd(64, '.');
  port.chip.transmit(Buffer.from(last));
  port.host.setLines({ dtr: true, rts: true });
  await clock.advance(15);
  expect(received()).toBe('');
  await clock.advance(5);
  expect(received()).toBe('before the device is on the bus '.repeat(6) + last);
});

test('what MicroPython prints goes out in order once DTR is on; a restart drops what it kept', async () => {
  const { port, clock, received } = attachUsb(UsbOtg);
  port.chipRuns('firmware');
  await clock.advance(300);
  port.chip.transmit(Buffer.from('kept '));
  port.host.setLines({ dtr: true, rts: false });
  port.chip.transmit(Buffer.from('sent '));
  await clock.advance(20);
  port.host.setLines({ dtr: false, rts: false });
  port.chip.transmit(Buffer.from('dropped '));
  port.chipRuns('nothing');
  port.chipRuns('firmware');
  await clock.advance(300);
  port.host.setLines({ dtr: true, rts: false });
  await clock.advance(20);
  expect(received()).toBe('kept sent ');
});

test('the ROM sends without DTR', async () => {
  const { port, clock, received } = attachUsb(UsbOtg);
  port.chipRuns('loader');
  await clock.advance(300);
  port.chip.transmit(Buffer.from('ROM'));
  await clock.advance(10);
  expect(received()).toBe('ROM');
});

test('RTS alone, then DTR alone, calls machine.bootloader() a quarter of a second later', async () => {
  const { clock, events } = withLines({ dtr: false, rts: true }, { dtr: true, rts: false });
  await clock.advance(249);
  expect(events).toEqual([]);
  await clock.advance(1);
  expect(events).toEqual(['download']);
});

test('RTS and DTR together, of which RTS goes off, do not call it', async () => {
  const { clock, events } = withLines({ dtr: true, rts: true }, { dtr: true, rts: false });
  await clock.advance(1000);
  expect(events).toEqual([]);
});

test('both lines off call machine.bootloader() at 1200 baud only', async () => {
  const { port, clock, events } = withLines({ dtr: true, rts: false }, { dtr: false, rts: false });
  await clock.advance(1000);
  expect(events).toEqual([]);
  port.host.setLines({ dtr: true, rts: false });
  port.host.setBaudRate(1200);
  port.host.setLines({ dtr: false, rts: true });
  await clock.advance(1000);
  expect(events).toEqual([]);
  port.host.setLines({ dtr: false, rts: false });
  await clock.advance(250);
  expect(events).toEqual(['download']);
});

test('its loader ignores the lines', async () => {
  const { port, clock, events } = attachUsb(UsbOtg, { romProductId: '0002' });
  port.chipRuns('loader');
  port.host.setLines({ dtr: false, rts: true });
  port.host.setLines({ dtr: true, rts: false });
  await clock.advance(1000);
  expect(events).toEqual([]);
});
