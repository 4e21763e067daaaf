// Firmware images checked by their own structure. Pure: bytes in, facts or an error out. Which family an image is
// for is decided here; what makes one whole is each family's own matter.

import { PortalError } from '../../errors.js';
import { inspectEsp32 } from './esp32.js';
import { inspectEsp8266, looksLikeEsp8266 } from './esp8266.js';
import type { FirmwareImage } from './firmware-image.js';
import { ESP_MAGIC } from './segments.js';

/** Longer than either family's header; nothing shorter is an image. */
const SHORTEST_BYTES = 32;

/**
 * Checks that bytes are a whole MicroPython image.
 * @param name the file, for messages
 * @throws PortalError `firmware-invalid` (not a MicroPython image), `firmware-damaged` (cut short or altered)
 */
export function inspectFirmware(bytes: Uint8Array, name: string): FirmwareImage {
  if (bytes[0] !== ESP_MAGIC || bytes.length < SHORTEST_BYTES) {
    throw new PortalError('firmware-invalid', `${name} is no ESP firmware: it ${whatElse(bytes)}.`);
  }
  return looksLikeEsp8266(bytes) ? inspectEsp8266(bytes, name) : inspectEsp32(bytes, name);
}

/** What people mistake for a firmware, by its first bytes. */
const MISTAKEN: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(!doctype|html)/i, 'is a web page; the link to the .bin is on it'],
  [/^UF2\n/, 'is a UF2 file for boards that show up as a drive; the .bin beside it is meant'],
  [/^.ELF/s, 'is an ELF file; the .bin beside it is meant'],
  [/^PK/, 'is an archive; unpack it first'],
];

function whatElse(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty';
  const text = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const known = MISTAKEN.find(([pattern]) => pattern.test(text))?.[1];
  if (known) return known;
  if (bytes[0] === ESP_MAGIC) return `ends after ${bytes.length} bytes`;
  return `starts with ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}, not e9`;
}
