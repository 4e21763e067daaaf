import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { adaptersWithoutPort } from '../../../../src/port/discovery/usb-without-port.js';

const folder = mkdtempSync(join(tmpdir(), 'esp-portal-sysfs-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A device and its one interface, as sysfs lists them. */
function plugIn(name: string, vendor: string, product: string, tty: string | undefined): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'idVendor'), `${vendor}\n`);
  writeFileSync(join(folder, name, 'idProduct'), `${product}\n`);
  mkdirSync(join(folder, `${name}:1.0`, ...(tty ? [tty] : [])), { recursive: true });
}

test('an adapter without a port is found among those that have one and other devices', async () => {
  plugIn('1-1', '1a86', '7523', 'ttyUSB0');
  plugIn('1-2', '1a86', '7523', undefined);
  plugIn('usb1', '1d6b', '0002', undefined);
  const found = await adaptersWithoutPort(folder);
  expect(found).toMatchObject([{ usbId: '1a86:7523', adapter: { name: 'CH340' } }]);
});

test('one that is unplugged while it is looked at is not reported', async () => {
  plugIn('1-1', '1a86', '7523', undefined);
  rmSync(join(folder, '1-1:1.0'), { recursive: true });
  symlinkSync(join(folder, 'gone'), join(folder, '1-1:1.0')); // as sysfs lists it until it is followed
  expect(await adaptersWithoutPort(folder)).toEqual([]);
});

test('a system without that list has none', async () => {
  expect(await adaptersWithoutPort(join(folder, 'nowhere'))).toEqual([]);
});
