// Devices that a program emulates, one JSON file each in a folder: for tests of what follows a device over the bus.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../../input/regular-file.js';

const LARGEST_FILE_BYTES = 4096;

/** @param folder need not exist */
export async function emulatedDevices(folder: string) {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const devices = await Promise.all(names.sort().map((name) => readDevice(join(folder, name))));
  return devices.flatMap((device) => device ?? []);
}

/** @returns `undefined` for a device that has just left, and for other files */
async function readDevice(file: string) {
  try {
    const { path, ...facts } = JSON.parse(
      (await readRegularFile(file, { maxBytes: LARGEST_FILE_BYTES })).toString(),
    );
    if (typeof path !== 'string') return undefined;
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
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
