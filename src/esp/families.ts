// The chips that MicroPython images are made for: how they are named, how an image names them, where it belongs.

/** Named as the ROM loader's chip detection names them. */
export type ChipFamily = 'ESP8266' | 'ESP32' | 'ESP32-S2' | 'ESP32-S3' | 'ESP32-C2' | 'ESP32-C3' | 'ESP32-C6';

interface FamilyFacts {
  /** Chip id in the extended header of an image; an ESP8266's header has none. */
  readonly imageChipId: number | undefined;
  /** Address in flash where the ROM looks for the first image. */
  readonly imageOffset: number;
}

/** Ids and offsets: Espressif's image format, "Firmware Image Format" in esptool's documentation. */
export const CHIP_FAMILIES: Readonly<Record<ChipFamily, FamilyFacts>> = {
  ESP8266: { imageChipId: undefined, imageOffset: 0 },
  ESP32: { imageChipId: 0, imageOffset: 0x1000 },
  'ESP32-S2': { imageChipId: 2, imageOffset: 0x1000 },
  'ESP32-S3': { imageChipId: 9, imageOffset: 0 },
  'ESP32-C2': { imageChipId: 12, imageOffset: 0 },
  'ESP32-C3': { imageChipId: 5, imageOffset: 0 },
  'ESP32-C6': { imageChipId: 13, imageOffset: 0 },
};

/** @returns the family with this id in its images, or `undefined` for one that nobody here knows */
export function familyOfImage(chipId: number): ChipFamily | undefined {
  const names = Object.keys(CHIP_FAMILIES) as ChipFamily[];
  return names.find((name) => CHIP_FAMILIES[name].imageChipId === chipId);
}
