// Adapters of ESP boards that are plugged in and have no serial port: their driver is missing, or something took it.
// Linux only, which lists its USB devices in sysfs.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Adapter, adapterOf } from './usb-adapters.js';

const SYSFS = '/sys/bus/usb/devices';

interface PortlessAdapter {
  readonly usbId: string;
  readonly adapter: Adapter;
}

/** @param folder sysfs' list of USB devices and their interfaces, which contain their `tty*` */
export async function adaptersWithoutPort(folder = SYSFS): Promise<PortlessAdapter[]> {
  const names = await readdir(folder).catch(() => []);
  const found: PortlessAdapter[] = [];
  for (const name of names) {
    const usbId = `${await read(join(folder, name, 'idVendor'))}:${await read(join(folder, name, 'idProduct'))}`;
    const adapter = adapterOf(usbId);
    if (adapter && !(await hasPort(folder, names, name))) found.push({ usbId, adapter });
  }
  return found;
}

/**
 * The interfaces of a device are named after it, `1-2:1.0` after `1-2`, and are in the same list. One that was unplugged
 * meanwhile counts as having a port: nothing is to be said about it.
 */
async function hasPort(folder: string, names: readonly string[], device: string): Promise<boolean> {
  const interfaces = names.filter((name) => name.startsWith(`${device}:`));
  const contents = await Promise.all(
    interfaces.map((name) => readdir(join(folder, name)).catch(() => undefined)),
  );
  return contents.some(
    (entries) => entries === undefined || entries.some((entry) => entry.startsWith('tty')),
  );
}

async function read(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}
