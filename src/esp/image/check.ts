// Firmware images checked by their own structure. Pure: bytes in, facts or an error out. Which family an image is
// for is decided here; what makes one whole is each family's own matter.

import { gunzipSync } from 'node:zlib';
import { PortalError } from '../../errors.js';
import { inspectEsp32 } from './esp32.js';
import { inspectEsp8266, looksLikeEsp8266 } from './esp8266.js';
import type { FirmwareImage } from './firmware-image.js';
import { notMicroPython } from './micropython-texts.js';
import { isErased } from './partition-table.js';
import { ESP_MAGIC } from './segments.js';

/** Longer than either family's header; nothing shorter is an image. */
const SHORTEST_BYTES = 32;
/** The largest flash that boards have. */
const LARGEST_UNPACKED_BYTES = 32 * 1024 * 1024;
/** Where first images are that do not begin at 0: files merged for address 0 are erased up to there. */
const LATER_OFFSETS = [0x1000, 0x2000];

export interface InspectOptions {
  /** Take other programs than MicroPython too, as far as they are whole. */
  anyFirmware?: boolean | undefined;
}

/**
 * Checks that bytes are a whole MicroPython image; packed with gzip, too.
 * @param name the file, for messages
 * @throws PortalError `firmware-invalid` (not a MicroPython image), `firmware-damaged` (cut short or altered)
 */
export function inspectFirmware(
  file: Uint8Array,
  name: string,
  { anyFirmware = false }: InspectOptions = {},
): FirmwareImage {
  const whole = unpack(file, name);
  const mergedAt = LATER_OFFSETS.find((at) => whole[at] === ESP_MAGIC && isErased(whole.subarray(0, at)));
  const bytes = whole.subarray(mergedAt ?? 0);
  if (bytes[0] !== ESP_MAGIC || bytes.length < SHORTEST_BYTES) {
    throw new PortalError('firmware-invalid', `${name} is not ESP firmware: it ${whatElse(bytes)}.`);
  }
  const image = looksLikeEsp8266(bytes)
    ? inspectEsp8266(bytes, name, anyFirmware)
    : inspectEsp32(bytes, name);
  if (mergedAt !== undefined && mergedAt !== image.offset) {
    throw new PortalError(
      'firmware-invalid',
      `${name} begins at 0x${mergedAt.toString(16)}, but an ${image.chip} starts from 0x${image.offset.toString(16)}.`,
    );
  }
  if (!image.isMicroPython && !anyFirmware) throw notMicroPython(name, image.chip);
  return { name, ...image };
}

function unpack(file: Uint8Array, name: string): Uint8Array {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    return gunzipSync(file, { maxOutputLength: LARGEST_UNPACKED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const limit = `${LARGEST_UNPACKED_BYTES / 1024 / 1024} MB`;
      throw new PortalError('firmware-invalid', `${name} holds more than ${limit}, more than any flash.`, {
        cause: error,
      });
    }
    throw new PortalError('firmware-damaged', `${name} is a gzip file that cannot be decompressed.`, {
      cause: error,
    });
  }
}

/** Files that are often mistaken for firmware, by their first bytes. */
const MISTAKEN: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(!doctype|html)/i, 'is a web page; download the .bin that it links to'],
  [/^UF2\n/, 'is a UF2 file, for boards that appear as a drive; use the .bin file'],
  [/^.ELF/s, 'is an ELF file; use the .bin file'],
  [/^PK/, 'is an archive; extract it first'],
  [/^\xaaP/, 'is only a partition table'],
  [/^\xff{32}/, 'begins with erased flash, and has no firmware at the offsets of any chip'],
];

function whatElse(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty';
  const text = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const known = MISTAKEN.find(([pattern]) => pattern.test(text))?.[1];
  if (known) return known;
  if (bytes[0] === ESP_MAGIC) return `ends after ${bytes.length} bytes`;
  return `starts with ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}, not e9`;
}
