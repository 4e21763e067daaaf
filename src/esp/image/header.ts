// The two bytes of an image's header that depend on the board: flash mode and flash size.

import { renewBootloaderHash } from './esp32.js';
import { type FirmwareImage, FLASH_MODES, type FlashMode } from './firmware-image.js';

/** Flash sizes as the high nibble of header byte 3 names them to an ESP8266's SDK. */
const ESP8266_SIZE_NIBBLES: ReadonlyMap<number, number> = new Map([
  [512 * 1024, 0x0],
  [1024 * 1024, 0x2],
  [2 * 1024 * 1024, 0x3],
  [4 * 1024 * 1024, 0x4],
  [8 * 1024 * 1024, 0x8],
  [16 * 1024 * 1024, 0x9],
]);

/**
 * The image as it is to be written on this board.
 *
 * On an ESP8266 the header tells the SDK how large the flash is, and so MicroPython where its files live and where
 * it keeps the radio's initial data, which it writes itself (also at 8 and 16 MB); the MD5 inside the image leaves
 * these bytes out for the purpose. An ESP32 works out the size from its partition table.
 * @param flashSizeBytes 0 when it is not known: the header keeps what it says
 * @param flashMode instead of the image's own
 */
export function forBoard(image: FirmwareImage, flashSizeBytes: number, flashMode?: FlashMode): Uint8Array {
  const nibble = image.chip === 'ESP8266' ? ESP8266_SIZE_NIBBLES.get(flashSizeBytes) : undefined;
  if (nibble === undefined && flashMode === undefined) return image.bytes;
  const patched = Uint8Array.from(image.bytes);
  if (nibble !== undefined) patched[3] = (nibble << 4) | ((patched[3] ?? 0) & 0x0f);
  if (flashMode !== undefined) patched[2] = FLASH_MODES.indexOf(flashMode);
  if (image.chip !== 'ESP8266' && flashMode !== undefined) renewBootloaderHash(patched);
  return patched;
}
