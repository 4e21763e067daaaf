// The chips that a virtual board can have, by the names that its address uses.

import type { ChipModel } from './chip-model.js';
import { ESP32 } from './esp32.js';
import { ESP8266, ESP8285 } from './esp8266.js';
import { laterChip } from './later-chips.js';

export const CHIPS = {
  esp8266: ESP8266,
  esp8285: ESP8285,
  esp32: ESP32,
  esp32s2: laterChip('esp32s2'),
  esp32s3: laterChip('esp32s3'),
  esp32c2: laterChip('esp32c2'),
  esp32c3: laterChip('esp32c3'),
  esp32c5: laterChip('esp32c5'),
  esp32c6: laterChip('esp32c6'),
  esp32c61: laterChip('esp32c61'),
  esp32h2: laterChip('esp32h2'),
  esp32p4: laterChip('esp32p4'),
} as const satisfies Record<string, ChipModel>;

export type ChipName = keyof typeof CHIPS;

const MB = 1024 * 1024;

/** @returns the flash that boards with this chip usually have, in bytes */
export function usualFlashBytes(chip: ChipName): number {
  if (chip === 'esp8285') return MB;
  return chip === 'esp32p4' ? 16 * MB : 4 * MB;
}
