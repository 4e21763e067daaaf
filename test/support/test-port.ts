// The board that tests in test/board/ run on: a virtual one, or whatever ESP_PORTAL_TEST_PORT names.

import { readFileSync } from 'node:fs';
import { checkFirmware, type FirmwareImage, openPort, type Port } from 'esp-portal';
import { ownFirmware } from './virtual-firmware.js';

const { ESP_PORTAL_TEST_PORT, ESP_PORTAL_TEST_FIRMWARE } = process.env;

const TEST_ADDRESS = ESP_PORTAL_TEST_PORT ?? 'virtual:suite?speed=max&http=0&dns=0';

/** Opens the board; ESP_PORTAL_TEST_PORT may be any address that `--port` takes. */
export function openTestPort(): Promise<Port> {
  return openPort(TEST_ADDRESS);
}

/** The image to flash: ESP_PORTAL_TEST_FIRMWARE names a file; a virtual board brings its own. */
export function testFirmware(): FirmwareImage | undefined {
  if (ESP_PORTAL_TEST_FIRMWARE) {
    return checkFirmware(readFileSync(ESP_PORTAL_TEST_FIRMWARE), ESP_PORTAL_TEST_FIRMWARE);
  }
  return TEST_ADDRESS.startsWith('virtual:') ? ownFirmware(TEST_ADDRESS) : undefined;
}
