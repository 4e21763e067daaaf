// Shows the device of a virtual board to other programs: a file in $ESP_PORTAL_USB_DEVICES while it is on the bus.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usbDevicesFolder } from '../state/board-folder.js';

/** @param device `undefined`: it has left the bus */
export function listDevice(boardName: string, device: object | undefined, folder = usbDevicesFolder()): void {
  if (!folder) return;
  const file = join(folder, `${boardName}.json`);
  if (!device) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  // Whole or not there at all.
  writeFileSync(`${file}.new`, JSON.stringify(device));
  renameSync(`${file}.new`, file);
}
