// Devices that a program emulates, one JSON file each in the folder $ESP_PORTAL_USB_DEVICES: for tests of what follows a
// device over the bus. They are listed behind the computer's own.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedPort } from './discovery.js';

/** @param folder need not exist; `undefined`: there are none */
export async function emulatedDevices(folder: string | undefined): Promise<ListedPort[]> {
  if (!folder) return [];
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const devices = await Promise.all(names.sort().map((name) => readDevice(join(folder, name))));
  return devices.flatMap((device) => device ?? []);
}

/** @returns `undefined` for a device that has just left, and for other files */
async function readDevice(file: string): Promise<ListedPort | undefined> {
  try {
    const { path, ...facts } = JSON.parse(await readFile(file, 'utf8'));
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
    if (text(path) === undefined) return undefined;
    return {
      path,
      vendorId: text(facts.vendorId),
      productId: text(facts.productId),
      serialNumber: text(facts.serialNumber),
      locationId: text(facts.locationId),
    };
  } catch {
    return undefined;
  }
}
