// The board that tests in test/board/ run on: a virtual one, or whatever ESP_PORTAL_TEST_PORT names.

import { readFileSync } from 'node:fs';
import { checkFirmware, type FirmwareImage, openPort, type Port } from 'esp-portal';

const { ESP_PORTAL_TEST_PORT, ESP_PORTAL_TEST_FIRMWARE } = process.env;

/** Opens the board; ESP_PORTAL_TEST_PORT may be any address that `--port` takes. */
export function openTestPort(): Promise<Port> {
  return openPort(ESP_PORTAL_TEST_PORT ?? 'virtual:suite?speed=max&http=0&dns=0');
}

/** The image to flash: ESP_PORTAL_TEST_FIRMWARE names a file; a virtual board brings its own. */
export function testFirmware(port: Port): FirmwareImage | undefined {
  const bytes = ESP_PORTAL_TEST_FIRMWARE ? readFileSync(ESP_PORTAL_TEST_FIRMWARE) : port.ownFirmware;
  return bytes && checkFirmware(bytes, ESP_PORTAL_TEST_FIRMWARE ?? 'own firmware');
}
