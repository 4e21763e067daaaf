// What the flash of a board holds already, as far as it decides what may be left there.

import { createHash } from 'node:crypto';
import type { FirmwareImage } from './image.js';

/** What is needed of a loader to find out. */
interface FlashReader {
  read(address: number, sizeBytes: number): Promise<Uint8Array>;
  md5(address: number, sizeBytes: number): Promise<string>;
}

/**
 * `blank`: nothing, or a firmware whose writing was cut short. `micropython`: a whole MicroPython with the same
 * layout, whose files the next one will find. `other`: anything else; MicroPython refuses to start over its remains.
 */
export type FlashContents = 'blank' | 'micropython' | 'other';

/** MicroPython notes the length of an ESP8266 image, without the MD5 behind it, in the last word below its code. */
const ESP8266_LENGTH_AT = 0x8ffc;
const MD5_BYTES = 16;

/** The image's header and that of its first segment; flashers write mode and size into two of its bytes. */
const HEADER_BYTES = 16;
const PATCHED_BYTES: readonly number[] = [2, 3];

const ESP32_PARTITION_TABLE = { address: 0x8000, sizeBytes: 0xc00 };

/** Looks at the flash that is about to be written with `image`. */
export async function inspectFlash(loader: FlashReader, image: FirmwareImage): Promise<FlashContents> {
  const header = await loader.read(image.offset, HEADER_BYTES);
  if (header.every((byte) => byte === 0xff)) return 'blank';
  const same = image.chip === 'ESP8266' ? isWholeEsp8266(loader) : hasPartitionsOf(image, loader);
  if (await same) return 'micropython';
  // The beginning of this very image: an earlier run was cut short, and the files behind it are MicroPython's.
  const begun = header.every((byte, at) => PATCHED_BYTES.includes(at) || byte === image.bytes[at]);
  return begun ? 'blank' : 'other';
}

/** The image in the flash proves itself by the MD5 at its end. */
async function isWholeEsp8266(loader: FlashReader): Promise<boolean> {
  const length = Buffer.from(await loader.read(ESP8266_LENGTH_AT, 4)).readUInt32LE();
  if (length <= ESP8266_LENGTH_AT || length > 1024 * 1024) return false; // the ROM maps 1 MB of code
  const stored = Buffer.from(await loader.read(length, MD5_BYTES)).toString('hex');
  return (await loader.md5(4, length - 4)) === stored;
}

/** Partitions decide where files are. */
async function hasPartitionsOf(image: FirmwareImage, loader: FlashReader): Promise<boolean> {
  const { address, sizeBytes } = ESP32_PARTITION_TABLE;
  const start = address - image.offset;
  const ours = createHash('md5')
    .update(image.bytes.subarray(start, start + sizeBytes))
    .digest('hex');
  return (await loader.md5(address, sizeBytes)) === ours;
}
