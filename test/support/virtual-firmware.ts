// The image that a virtual board comes with.

import { checkFirmware, type FirmwareImage } from 'esp-portal';
import { virtualBoard } from 'esp-portal/virtual-board';

/** @param address says which chip and which MicroPython */
export function ownFirmware(address = 'virtual:'): FirmwareImage {
  return checkFirmware(virtualBoard(address).ownFirmware, 'own firmware');
}
