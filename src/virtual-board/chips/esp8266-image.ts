// MicroPython images for ESP8266 as the virtual board generates and boots them. Independent of protocols.
// Layout after MicroPython's ports/esp8266/makeimg.py: segments, padding, length, code, MD5.

import { createHash } from 'node:crypto';
import { buildNameText, findBuildName } from './builds.js';
import { xorChecksum } from './checksum.js';
import type { FirmwareVersion, ReadableFlash } from './chip-model.js';
import { noise } from './noise.js';

const MAGIC = 0xe9;
const HEADER_BYTES = 8;
const SEGMENT_HEADER_BYTES = 8;
const LENGTH_AT = 0x8ffc;
const CODE_AT = 0x9000;
const DIGEST_BYTES = 16;
/** Flash mode, size and frequency: flashers patch them, so the digest leaves them out. */
const UNSUMMED_BYTES = 4;
const SMALL_BUILD = /ESP8266_GENERIC-FLASH_(?:1M|512K)|ESP module \((?:1M|512K)\)/;
const VERSION_TEXT = /MicroPython v(\d+\.\d+(?:\.\d+)?)[\w.-]* on (\d{4}-\d\d-\d\d)/;

/** High nibble of header byte 3. */
const FLASH_SIZES: ReadonlyMap<number, number> = new Map([
  [0, 512 * 1024],
  [1, 256 * 1024],
  [2, 1024 * 1024],
  [3, 2 * 1024 * 1024],
  [4, 4 * 1024 * 1024],
  [8, 8 * 1024 * 1024],
  [9, 16 * 1024 * 1024],
]);

/** A part of an image that the ROM copies to RAM. */
export interface ImageSegment {
  readonly address: number;
  readonly data: Uint8Array;
}

/** A MicroPython that the board can start. */
export interface BootableImage extends FirmwareVersion {
  /** Size of the flash in the header, for the SDK; undefined for an unknown value. */
  readonly declaredFlashBytes: number | undefined;
  /** From address 0 to the end of the digest. */
  readonly sizeBytes: number;
  readonly segments: readonly ImageSegment[];
  /** Built for 2 MB or more: its files begin behind the first megabyte. */
  readonly isForLargeFlash: boolean;
}

/**
 * A small valid image whose code is noise, which does not compress: large enough to show progress.
 *
 * @param options.version such as `1.27.0`
 * @param options.date such as `2025-12-09`
 * @param options.buildName such as `ESP8266_GENERIC`
 * @param options.machine such as `ESP module with ESP8266`
 * @returns an image of 57 KB for address 0
 */
export function generateFirmware(options: {
  version: string;
  date: string;
  buildName?: string;
  machine?: string;
}): Uint8Array {
  const { version, date, buildName = 'ESP8266_GENERIC', machine = 'ESP module with ESP8266' } = options;
  const banner = new TextEncoder().encode(
    `MicroPython v${version} on ${date}\0${buildNameText(version, buildName)}${machine}\0`,
  );
  const code = noise(20 * 1024, 2);
  code.set(banner, 64);
  const segments = segmentBlock([
    { address: 0x40100000, data: noise(10 * 1024, 1) },
    { address: 0x3ffe8000, data: new Uint8Array(1088) },
  ]);

  const image = new Uint8Array(CODE_AT + code.length + DIGEST_BYTES).fill(0xff);
  image.set(segments);
  new DataView(image.buffer).setUint32(LENGTH_AT, CODE_AT + code.length, true);
  image.set(code, CODE_AT);
  image.set(digest(image.subarray(0, CODE_AT + code.length)), CODE_AT + code.length);
  return image;
}

/** @returns the complete MicroPython in the flash, or undefined if the chip cannot start it */
export function readBootableImage(flash: ReadableFlash): BootableImage | undefined {
  const segments = readSegments(flash);
  if (segments === undefined) return undefined;
  const coveredBytes = new DataView(flash.read(LENGTH_AT, 4).buffer).getUint32(0, true);
  if (coveredBytes <= CODE_AT || coveredBytes + DIGEST_BYTES > flash.sizeBytes) return undefined;
  const covered = flash.read(0, coveredBytes);
  if (!digest(covered).equals(flash.read(coveredBytes, DIGEST_BYTES))) return undefined;
  const text = Buffer.from(covered).toString('latin1');
  const [, version, buildDate] = VERSION_TEXT.exec(text) ?? [];
  if (version === undefined || buildDate === undefined) return undefined;
  const declaredFlashBytes = FLASH_SIZES.get((covered[3] ?? 0) >> 4);
  const sizeBytes = coveredBytes + DIGEST_BYTES;
  return {
    ...{ version, buildDate, buildName: findBuildName(text), declaredFlashBytes, sizeBytes, segments },
    isForLargeFlash: !SMALL_BUILD.test(text),
  };
}

/** @returns the segments of the header, or undefined without a valid header */
function readSegments(flash: ReadableFlash): ImageSegment[] | undefined {
  const [magic, count = 0] = flash.read(0, HEADER_BYTES);
  if (magic !== MAGIC || count === 0 || count > 16) return undefined;
  const segments: ImageSegment[] = [];
  let offset = HEADER_BYTES;
  let sum: number | undefined;
  for (let index = 0; index < count; index++) {
    const header = new DataView(flash.read(offset, SEGMENT_HEADER_BYTES).buffer);
    const lengthBytes = header.getUint32(4, true);
    offset += SEGMENT_HEADER_BYTES;
    if (offset + lengthBytes >= LENGTH_AT) return undefined;
    const data = flash.read(offset, lengthBytes);
    segments.push({ address: header.getUint32(0, true), data });
    sum = xorChecksum(data, sum);
    offset += lengthBytes;
  }
  const checksumAt = offset | 0xf;
  return flash.read(checksumAt, 1)[0] === sum ? segments : undefined;
}

/** Header and segments; the checksum is the last byte of a whole number of 16-byte lines. */
function segmentBlock(segments: readonly ImageSegment[]): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set([MAGIC, segments.length, 0x00, 0x40]); // qio, 4 MB at 40 MHz
  new DataView(header.buffer).setUint32(4, 0x40100004, true);
  const parts: Uint8Array[] = [header];
  for (const { address, data } of segments) {
    const segmentHeader = new Uint8Array(SEGMENT_HEADER_BYTES);
    const view = new DataView(segmentHeader.buffer);
    view.setUint32(0, address, true);
    view.setUint32(4, data.length, true);
    parts.push(segmentHeader, data);
  }
  const body = Buffer.concat(parts);
  const block = new Uint8Array((body.length | 0xf) + 1);
  block.set(body);
  block[block.length - 1] =
    segments.reduce<number | undefined>((sum, { data }) => xorChecksum(data, sum), undefined) ?? 0;
  return block;
}

function digest(image: Uint8Array): Buffer {
  return createHash('md5').update(image.subarray(UNSUMMED_BYTES)).digest();
}
