// The errors for a MicroPython without WiFi: the chip has no radio for it, or the build leaves it out.

import { PortalError } from '../../errors.js';
import { CHIP_FAMILIES, type ChipFamily, familyNamed } from '../../esp/families.js';

const OTHER_BUILD = {
  likelyCause: 'The build leaves WiFi out.',
  next: 'Write a build with WiFi: esp-portal flash',
};

const BUILD_WITH_SECOND_CHIP = {
  likelyCause:
    'The plain build for an ESP32-P4 leaves WiFi out: the chip has no radio, a second chip may have one.',
  next: 'If the board has a second chip for WiFi, write the build for it (C5_WIFI or C6_WIFI) with esp-portal flash --firmware NAME. To see the names: esp-portal firmware --board ESP32_GENERIC_P4',
};

/** @param machine `os.uname().machine`, such as `ESP32H2 module with ESP32H2`, with a hyphen since 1.29 */
export function withoutWifi(machine: string, portName: string): PortalError {
  const [, model = ''] = /\bESP32-?([A-Z]\d+)$/.exec(machine) ?? [];
  const family = familyNamed(`ESP32-${model}`);
  const wifi = family && CHIP_FAMILIES[family].wifi;
  if (wifi === 'none') return new PortalError('board-no-wifi', `The ${family} on ${portName} has no WiFi.`);
  return new PortalError(
    'board-no-wifi',
    `MicroPython on ${portName} has no WiFi: network.WLAN is missing.`,
    wifi === 'second-chip' ? BUILD_WITH_SECOND_CHIP : OTHER_BUILD,
  );
}

/**
 * Where no board is asked.
 * @throws PortalError `board-no-wifi`
 */
export function requireWifi(chip: ChipFamily): void {
  const { wifi } = CHIP_FAMILIES[chip];
  if (wifi === 'built-in') return;
  throw new PortalError(
    'board-no-wifi',
    wifi === 'none'
      ? `An ${chip} has no WiFi, which the portal needs.`
      : `An ${chip} has no built-in WiFi: files for it cannot be made without the board.`,
    wifi === 'none'
      ? { likelyCause: 'The chip has no radio for WiFi.', next: 'Name a chip with WiFi with --chip.' }
      : { likelyCause: 'Its WiFi is a second chip.', next: 'esp-portal setup' },
  );
}
