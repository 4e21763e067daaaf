// The chips that a virtual board can have, by the names that its address uses.

import type { ChipModel } from './chip-model.js';
import { ESP32 } from './esp32.js';
import { ESP32C3 } from './esp32c3.js';
import { ESP8266, ESP8285 } from './esp8266.js';

export const CHIPS = {
  esp8266: ESP8266,
  esp8285: ESP8285,
  esp32: ESP32,
  esp32c3: ESP32C3,
} as const satisfies Record<string, ChipModel>;

export type ChipName = keyof typeof CHIPS;

/** Flash that such boards usually have, in bytes. */
export const USUAL_FLASH_BYTES: Readonly<Record<ChipName, number>> = {
  esp8266: 4 * 1024 * 1024,
  esp8285: 1024 * 1024,
  esp32: 4 * 1024 * 1024,
  esp32c3: 4 * 1024 * 1024,
};
