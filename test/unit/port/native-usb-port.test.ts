// A chip's own USB port that leaves the bus and comes back, played on a list of devices that the test controls.

import { describe, expect, test } from 'vitest';
import { PortalError } from '../../../src/errors.js';
import type { ListedPort } from '../../../src/port/discovery/discovery.js';
import { findChip, openNativeUsb } from '../../../src/port/native-usb-port.js';
import type { NativeUsb, Port } from '../../../src/port/port.js';
import { FakePort } from '../../support/fake-port.js';

const MAC = '7c:df:a1:00:11:22';
const device = (path: string, productId: string, serialNumber?: string, locationId?: string): ListedPort => ({
  path,
  vendorId: '303a',
  productId,
  serialNumber,
  locationId,
});
const micropython = (path: string) => device(path, '4001', '7cdfa1001122', '1-2');
const jtag = (path: string) => device(path, '1001', '7C:DF:A1:00:11:22', '1-2');
const rom = (path: string, locationId = '1-2') => device(path, '0002', '0', locationId);
const other = (path: string) => device(path, '4001', '7cdfa1999999', '1-3');

/** Devices that come and go; the port that is open last is the device that is there. */
class FakeBus {
  devices: ListedPort[];
  readonly opened: { path: string; usb: NativeUsb; port: FakePort }[] = [];

  constructor(...devices: ListedPort[]) {
    this.devices = devices;
  }

  readonly bus = {
    list: async () => this.devices,
    open: async (path: string, usb: NativeUsb): Promise<Port> => {
      const port = new FakePort();
      port.usb = usb;
      this.opened.push({ path, usb, port });
      return port;
    },
  };

  get port(): FakePort {
    const last = this.opened.at(-1);
    if (!last) throw new Error('nothing was opened');
    return last.port;
  }

  /** The device leaves the bus; these are there instead. */
  replug(...devices: ListedPort[]): void {
    this.devices = devices;
    this.port.unplug();
  }

  async open(path = '/dev/ttyACM0'): Promise<Port> {
    const options = { name: path, path, baudRate: 115200, retryMs: 1, returnTimeoutMs: 10_000 };
    const port = await openNativeUsb({ ...options, bus: this.bus });
    if (!port) throw new Error('not native');
    return port;
  }
}

test('a port behind an adapter is none of these', async () => {
  const bus = {
    list: async () => [{ ...micropython('/dev/ttyACM0'), vendorId: '1a86', productId: '55d4' }],
    open: () => Promise.reject(new Error('not asked for')),
  };
  expect(await openNativeUsb({ name: 'x', path: '/dev/ttyACM0', baudRate: 115200, bus })).toBeUndefined();
});

test('a read continues with the device that came back under another path and id', async () => {
  const usb = new FakeBus(micropython('/dev/ttyACM0'), other('/dev/ttyACM1'));
  await using port = await usb.open();
  usb.port.send('before');
  expect(await port.read({ timeoutMs: 30_000 })).toEqual(Buffer.from('before'));
  const reading = port.read({ timeoutMs: 10_000 });
  usb.replug(other('/dev/ttyACM0'));
  while (usb.devices.length < 2) usb.devices.push(jtag('/dev/ttyACM3'));
  while (usb.opened.length < 2) await new Promise(setImmediate);
  usb.port.send('after');
  expect(await reading).toEqual(Buffer.from('after'));
  expect(usb.opened.map(({ path }) => path)).toEqual(['/dev/ttyACM0', '/dev/ttyACM3']);
  expect(port.usb).toEqual({ kind: 'usb-serial-jtag', mac: MAC });
});

test('a write, lines and a rate wait for the device', async () => {
  const usb = new FakeBus(micropython('/dev/ttyACM0'));
  await using port = await usb.open();
  usb.replug();
  const writing = port.write(Buffer.from('x'));
  const setting = port.setLines({ dtr: true, rts: false });
  await new Promise(setImmediate);
  usb.devices = [rom('/dev/ttyACM1')];
  await Promise.all([writing, setting]);
  expect(port.usb).toEqual({ kind: 'usb-rom', mac: MAC }); // the ROM does not report it
  expect(usb.port.written.toString()).toBe('x');
});

test('what came before the device left is read, also where a write noticed that first', async () => {
  const usb = new FakeBus(micropython('/dev/ttyACM0'));
  await using port = await usb.open();
  usb.port.send('before ');
  usb.replug(micropython('/dev/ttyACM1'));
  await port.write(Buffer.from('x'));
  usb.port.send('after');
  expect(await port.read({ timeoutMs: 1000 })).toEqual(Buffer.from('before '));
  expect(await port.read({ timeoutMs: 1000 })).toEqual(Buffer.from('after'));
});

test('a device that is busy when it comes back is opened a little later', async () => {
  const usb = new FakeBus(micropython('/dev/ttyACM0'));
  await using port = await usb.open();
  const { open } = usb.bus;
  let refused = 0;
  usb.bus.open = async (...args) => {
    if (refused++ < 2) throw new PortalError('port-busy', 'The system sets it up.');
    return open(...args);
  };
  usb.replug(micropython('/dev/ttyACM0'));
  await port.write(Buffer.from('x'));
  expect(usb.port.written.toString()).toBe('x');
  expect(refused).toBe(3);
});

test('a read that ends before the device is back yields nothing', async () => {
  const usb = new FakeBus(micropython('/dev/ttyACM0'));
  await using port = await usb.open();
  usb.replug();
  expect(await port.read({ timeoutMs: 5 })).toBeUndefined();
  expect(await port.read({ timeoutMs: 5 })).toBeUndefined();
});

test('an abort ends a read while the device is away', async () => {
  const usb = new FakeBus(micropython('/dev/ttyACM0'));
  await using port = await usb.open();
  usb.replug();
  const abort = new AbortController();
  const reading = port.read({ timeoutMs: 60_000, signal: abort.signal });
  await new Promise(setImmediate);
  abort.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
});

test('a device that stays away is lost, with what to do', async () => {
  const usb = new FakeBus(micropython('/dev/ttyACM0'));
  const options = { name: 'board', path: '/dev/ttyACM0', baudRate: 115200, retryMs: 1, returnTimeoutMs: 5 };
  await using port = await openNativeUsb({ ...options, bus: usb.bus });
  usb.replug(other('/dev/ttyACM0'));
  await expect(port?.write(Buffer.from('x'))).rejects.toMatchObject({
    code: 'port-lost',
    message: expect.stringContaining('did not come back'),
    next: expect.stringContaining('Hold BOOT'),
  });
});

describe('the chip is found again', () => {
  const chip = { mac: MAC, location: '1-2' };

  test.each([
    ['by its MAC address, wherever it is', [rom('/dev/a', '1-9'), micropython('/dev/b')], '/dev/b'],
    ['by its place, where its device reports no address', [rom('/dev/a'), rom('/dev/b', '1-3')], '/dev/a'],
    ['not in another chip at its place', [{ ...other('/dev/a'), locationId: '1-2' }], undefined],
    ['not among two at one place', [rom('/dev/a'), rom('/dev/b')], undefined],
    ['not where places are unknown', [{ ...rom('/dev/a'), locationId: undefined }], undefined],
    ['not while it is away', [], undefined],
  ])('%s', (_how, listed, path) => {
    expect(findChip(chip, listed)?.path).toBe(path);
  });

  test('not in any device, where neither address nor place is known', () => {
    expect(findChip({ mac: undefined, location: undefined }, [rom('/dev/a')])).toBeUndefined();
  });
});
