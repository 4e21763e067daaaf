// Firmware images checked by their own structure. Pure: bytes in, facts or an error out.

import { createHash } from 'node:crypto';
import { PortalError } from '../errors.js';

export type ImageChip = 'ESP8266' | 'ESP32';

/** What an image says about itself. */
export interface FirmwareImage {
  readonly bytes: Uint8Array;
  readonly chip: ImageChip;
  /** Address in flash where it belongs. */
  readonly offset: number;
  /** MicroPython's version, e.g. `1.27.0`. */
  readonly version: string | undefined;
}

const ESP_MAGIC = 0xe9;
const HEADER_BYTES = 8;
const SEGMENT_HEADER_BYTES = 8;

/** MicroPython's ESP8266 files hold the ROM-loaded segments below this, padded, and the code in flash above. */
const ESP8266_CODE_START = 0x9000;
const MD5_BYTES = 16;

/** MicroPython's ESP32 files start with the bootloader; the partition table and the application follow. */
const ESP32_PARTITION_TABLE = 0x7000;
const ESP32_APPLICATION = 0xf000;

/**
 * Checks that bytes are a whole MicroPython image.
 * @param name the file, for messages
 * @throws PortalError `firmware-invalid` (not an image), `firmware-damaged` (cut short or altered)
 */
export function inspectFirmware(bytes: Uint8Array, name: string): FirmwareImage {
  if (bytes[0] !== ESP_MAGIC || bytes.length < HEADER_BYTES) {
    throw new PortalError(
      'firmware-invalid',
      `${name} is no ESP firmware: it starts with ${firstBytes(bytes)}, not e9.`,
    );
  }
  if (hasEsp32Layout(bytes)) {
    checkEsp32(bytes, name);
    return { bytes, chip: 'ESP32', offset: 0x1000, version: findVersion(bytes) };
  }
  checkEsp8266(bytes, name);
  return { bytes, chip: 'ESP8266', offset: 0, version: findVersion(bytes) };
}

function hasEsp32Layout(bytes: Uint8Array): boolean {
  return bytes[ESP32_PARTITION_TABLE] === 0xaa && bytes[ESP32_PARTITION_TABLE + 1] === 0x50;
}

/** The last 16 bytes are the MD5 of all before them but bytes 0–3, of which flashers patch two. */
function checkEsp8266(bytes: Uint8Array, name: string): void {
  const segmentsEnd = endOfSegments(bytes, 0);
  if (segmentsEnd === undefined || segmentsEnd > ESP8266_CODE_START) {
    throw new PortalError(
      bytes.length < ESP8266_CODE_START ? 'firmware-damaged' : 'firmware-invalid',
      `${name} has no complete ESP8266 segments; it is ${bytes.length} bytes long.`,
    );
  }
  const bodyEnd = bytes.length - MD5_BYTES;
  const stored = Buffer.from(bytes.subarray(Math.max(bodyEnd, 0)));
  const actual = createHash('md5')
    .update(bytes.subarray(4, Math.max(bodyEnd, 4)))
    .digest();
  if (!stored.equals(actual)) {
    throw new PortalError(
      'firmware-damaged',
      `${name} is cut short or altered: its last 16 bytes are not the MD5 of the rest${expectedLength(bytes)}.`,
    );
  }
}

/** The image notes its length without the MD5 in the last word below the code. */
function expectedLength(bytes: Uint8Array): string {
  if (bytes.length < ESP8266_CODE_START) return '';
  const noted =
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(ESP8266_CODE_START - 4, true) + MD5_BYTES;
  return noted === bytes.length ? '' : ` (${bytes.length} bytes of ${noted})`;
}

/** The application's header tells where it ends; a SHA-256 of it follows where byte 23 says so. */
function checkEsp32(bytes: Uint8Array, name: string): void {
  const app = bytes.subarray(ESP32_APPLICATION);
  const segmentsEnd = app[0] === ESP_MAGIC ? endOfSegments(app, 16) : undefined;
  if (segmentsEnd === undefined) {
    throw new PortalError(
      'firmware-damaged',
      `${name} is cut short: its application ends before its last segment.`,
    );
  }
  if (app[23] !== 1) return;
  const bodyEnd = (segmentsEnd + 16) & ~15; // the checksum byte closes a 16-byte line
  const stored = Buffer.from(app.subarray(bodyEnd, bodyEnd + 32));
  const actual = createHash('sha256').update(app.subarray(0, bodyEnd)).digest();
  if (!stored.equals(actual)) {
    throw new PortalError('firmware-damaged', `${name} is cut short or altered: its SHA-256 does not match.`);
  }
}

/** @returns the offset behind the last segment, or `undefined` when the bytes end before it */
function endOfSegments(bytes: Uint8Array, extendedHeaderBytes: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = HEADER_BYTES + extendedHeaderBytes;
  for (let left = bytes[1] ?? 0; left > 0; left--) {
    if (offset + SEGMENT_HEADER_BYTES > bytes.length) return undefined;
    offset += SEGMENT_HEADER_BYTES + view.getUint32(offset + 4, true);
    if (offset >= bytes.length) return undefined;
  }
  return offset;
}

function findVersion(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return /v(\d+\.\d+(?:\.\d+)?(?:-preview[.\w]*)?) on \d{4}-\d\d-\d\d/.exec(text)?.[1];
}

function firstBytes(bytes: Uint8Array): string {
  return bytes.length === 0 ? 'nothing' : Buffer.from(bytes.subarray(0, 4)).toString('hex');
}

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
 * The image with the board's flash size in its header, from which MicroPython works out where its files live.
 * The checksum inside the image leaves those bytes out for this purpose. ESP32 images are left as they are.
 */
export function withFlashSize(image: FirmwareImage, flashSizeBytes: number): Uint8Array {
  const nibble = ESP8266_SIZE_NIBBLES.get(flashSizeBytes);
  if (image.chip !== 'ESP8266' || nibble === undefined) return image.bytes;
  const patched = Uint8Array.from(image.bytes);
  patched[3] = (nibble << 4) | ((patched[3] ?? 0) & 0x0f);
  return patched;
}
