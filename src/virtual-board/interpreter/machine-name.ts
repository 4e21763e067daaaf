// What MicroPython calls the board it was built for: MICROPY_HW_BOARD_NAME "with" MICROPY_HW_MCU_NAME.

import type { Chip } from '../radio/radio.js';

const MB = 1024 * 1024;

/** The ESP8266 has a build for each size of flash (ports/esp8266/boards/ESP8266_GENERIC/mpconfigboard.h). */
export function machineName(chip: Chip, flashSizeBytes: number): string {
  if (chip === 'esp32') return 'Generic ESP32 module with ESP32';
  if (flashSizeBytes < MB) return 'ESP module (512K) with ESP8266';
  return flashSizeBytes < 2 * MB ? 'ESP module (1M) with ESP8266' : 'ESP module with ESP8266';
}
