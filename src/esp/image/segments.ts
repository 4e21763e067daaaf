// What all of Espressif's images have in common: a header, segments, a checksum.
// https://docs.espressif.com/projects/esptool/en/latest/esp32/advanced-topics/firmware-image-format.html

export const ESP_MAGIC = 0xe9;

const SEGMENT_HEADER_BYTES = 8;
const CHECKSUM_SEED = 0xef;

/** The checksum closes a line of this length. */
const LINE_BYTES = 16;

interface Segments {
  /** First byte behind the checksum. */
  readonly end: number;
  readonly checksumIsRight: boolean;
}

/**
 * Follows the segments of an image.
 * @param bytes from the image's first byte on; may be longer
 * @param headerBytes 8 for an ESP8266, 24 for the others
 * @returns `undefined` when the bytes end before the image does
 */
export function readSegments(bytes: Uint8Array, headerBytes: number): Segments | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = headerBytes;
  let sum = CHECKSUM_SEED;
  for (let left = bytes[1] ?? 0; left > 0; left--) {
    if (offset + SEGMENT_HEADER_BYTES > bytes.length) return undefined;
    const dataStart = offset + SEGMENT_HEADER_BYTES;
    offset = dataStart + view.getUint32(offset + 4, true);
    if (offset >= bytes.length) return undefined;
    for (const byte of bytes.subarray(dataStart, offset)) sum ^= byte;
  }
  const end = offset + LINE_BYTES - (offset % LINE_BYTES);
  if (end > bytes.length) return undefined;
  return { end, checksumIsRight: bytes[end - 1] === sum };
}

export function readWord(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true);
}
