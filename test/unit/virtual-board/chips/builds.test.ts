import { expect, test } from 'vitest';
import { CHIPS } from '../../../../src/virtual-board/chips/chips.js';

const MB = 1024 * 1024;
const FLASH = { flashSizeBytes: 4 * MB };

/** After MicroPython's ports/esp32/boards/. */
test.each([
  ['esp32', 'ESP32_GENERIC', 'Generic ESP32 module with ESP32'],
  ['esp32', 'ESP32_GENERIC-SPIRAM', 'Generic ESP32 module with SPIRAM with ESP32'],
  ['esp32', 'ESP32_GENERIC-D2WD', 'Generic ESP32 module with ESP32-D2WD'],
  ['esp32', 'ESP32_GENERIC-UNICORE', 'Generic ESP32 module with ESP32-UNICORE'],
  ['esp32s3', 'ESP32_GENERIC_S3-SPIRAM_OCT', 'Generic ESP32S3 module with Octal-SPIRAM with ESP32S3'],
  ['esp32p4', 'ESP32_GENERIC_P4-PRE_REV3', 'Generic ESP32P4 with pre revision 3 chip with ESP32P4'],
] as const)('on an %s the build %s calls its board %j', (chip, buildName, machine) => {
  expect(CHIPS[chip].build({ version: '1.27.0', buildName }, FLASH).machine).toBe(machine);
});

test.each([
  ['esp32c3', {}, 'works'],
  ['esp32h2', {}, 'absent'],
  ['esp32p4', { buildName: 'ESP32_GENERIC_P4' }, 'absent'],
  ['esp32p4', { buildName: 'ESP32_GENERIC_P4-C6_WIFI' }, 'unanswered'],
  ['esp32p4', { buildName: 'ESP32_GENERIC_P4-C6_WIFI', secondChip: 'c5' }, 'unanswered'],
  ['esp32p4', { buildName: 'ESP32_GENERIC_P4-PRE_REV3_C6_WIFI', secondChip: 'c6' }, 'works'],
] as const)('WiFi of an %s with %j: %s', (chip, { buildName, secondChip }: Facts, wifi) => {
  expect(CHIPS[chip].build({ version: '1.29.0', buildName }, { ...FLASH, secondChip }).wifi).toBe(wifi);
});

interface Facts {
  buildName?: string;
  secondChip?: 'c5' | 'c6';
}
