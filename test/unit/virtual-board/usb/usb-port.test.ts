// What a host's lines do to a chip with a USB port of its own, and what the host finds on the bus.

import { UsbJtagSerialReset } from 'esptool-js';
import { describe, expect, test } from 'vitest';
import { type UsbDevice, UsbPort, type UsbPortKind } from '../../../../src/virtual-board/usb/usb-port.js';
import { ManualClock } from '../../../support/manual-clock.js';

const MAC = Uint8Array.of(0x7c, 0xdf, 0xa1, 0, 0x11, 0x22);
const JTAG = { productId: '1001', serialNumber: '7C:DF:A1:00:11:22' };
const MICROPYTHON = { productId: '4001', serialNumber: '7cdfa1001122' };
const ROM = { productId: '0002', serialNumber: '0' };

function portOf(kind: UsbPortKind, romProductId?: string) {
  const clock = new ManualClock();
  const events: string[] = [];
  const devices: (UsbDevice | undefined)[] = [];
  const port = new UsbPort({
    ...{ kind, mac: MAC, romProductId, speed: 'real', clock },
    onDevice: (device) => devices.push(device),
    reset: (into) => events.push(into),
    hold: () => events.push('hold'),
  });
  return { port, clock, events, devices };
}

describe('USB-Serial/JTAG', () => {
  test("esptool-js's reset for it leads into the loader", async () => {
    const { port, events } = portOf('serial-jtag');
    const lines = { dtr: false, rts: false };
    const set = async (change: Partial<typeof lines>) => port.setLines({ ...Object.assign(lines, change) });
    const transport = {
      setDTR: (dtr: boolean) => set({ dtr }),
      setRTS: (rts: boolean) => set({ rts }),
    };
    await new UsbJtagSerialReset(transport as never).reset();
    expect(events).toEqual(['hold', 'loader']);
  });

  test('RTS alone restarts the firmware', () => {
    const { port, events } = portOf('serial-jtag');
    port.setLines({ dtr: false, rts: true });
    port.setLines({ dtr: false, rts: false });
    expect(events).toEqual(['hold', 'flash']);
  });

  test('the way over both lines off takes the request for the loader back', () => {
    const { port, events } = portOf('serial-jtag');
    port.setLines({ dtr: true, rts: false });
    port.setLines({ dtr: false, rts: false });
    port.setLines({ dtr: false, rts: true });
    port.setLines({ dtr: false, rts: false });
    expect(events).toEqual(['hold', 'flash']);
  });

  test('opening the port, which asserts both lines, restarts nothing', () => {
    const { port, events } = portOf('serial-jtag');
    port.setLines({ dtr: true, rts: true });
    port.setLines({ dtr: false, rts: false });
    expect(events).toEqual([]);
  });

  test('its device leaves the bus with a reset by the lines alone, and comes back as it was', async () => {
    const { port, clock, devices } = portOf('serial-jtag');
    port.powerUp();
    await clock.advance(300);
    port.chipRuns('nothing'); // a watchdog, or a program that restarts
    port.chipRuns('firmware');
    expect(devices).toEqual([JTAG]);
    port.setLines({ dtr: false, rts: true });
    port.setLines({ dtr: false, rts: false });
    expect(devices).toEqual([JTAG, undefined]);
    await clock.advance(300);
    expect(devices).toEqual([JTAG, undefined, JTAG]);
  });

  test('its output does not depend on DTR', () => {
    const { port } = portOf('serial-jtag');
    port.chipRuns('firmware');
    expect(port.dropsOutput).toBe(false);
  });
});

describe('USB-OTG', () => {
  test('is MicroPython’s device or the ROM’s, and none while the chip restarts', async () => {
    const { port, clock, devices } = portOf('otg', '0002');
    port.chipRuns('loader');
    await clock.advance(300);
    port.chipRuns('nothing');
    port.chipRuns('firmware');
    await clock.advance(299);
    expect(devices).toEqual([ROM, undefined]);
    await clock.advance(1);
    expect(devices).toEqual([ROM, undefined, MICROPYTHON]);
  });

  test('its loader is USB-Serial/JTAG on a chip that has both', async () => {
    const { port, clock, devices } = portOf('otg');
    port.chipRuns('loader');
    await clock.advance(300);
    expect(devices).toEqual([JTAG]);
  });

  test('MicroPython drops its output while DTR is off; the ROM does not', () => {
    const { port } = portOf('otg');
    port.chipRuns('firmware');
    expect(port.dropsOutput).toBe(true);
    port.setLines({ dtr: true, rts: false });
    expect(port.dropsOutput).toBe(false);
    port.setLines({ dtr: false, rts: false });
    port.chipRuns('loader');
    expect(port.dropsOutput).toBe(false);
  });

  test('RTS alone, then DTR alone, calls machine.bootloader() a quarter of a second later', async () => {
    const { port, clock, events } = portOf('otg');
    port.chipRuns('firmware');
    port.setLines({ dtr: false, rts: true });
    port.setLines({ dtr: true, rts: false });
    await clock.advance(249);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(events).toEqual(['loader']);
  });

  test('so does releasing DTR at 1200 baud, and nothing else', async () => {
    const { port, clock, events } = portOf('otg');
    port.chipRuns('firmware');
    port.setLines({ dtr: true, rts: false });
    port.setLines({ dtr: false, rts: false });
    await clock.advance(1000);
    expect(events).toEqual([]);
    port.setLines({ dtr: true, rts: false });
    port.hostBaudRate = 1200;
    port.setLines({ dtr: false, rts: false });
    await clock.advance(250);
    expect(events).toEqual(['loader']);
  });

  test('lines mean nothing to its loader', async () => {
    const { port, clock, events } = portOf('otg', '0002');
    port.chipRuns('loader');
    port.setLines({ dtr: false, rts: true });
    port.setLines({ dtr: true, rts: false });
    await clock.advance(1000);
    expect(events).toEqual([]);
  });
});
