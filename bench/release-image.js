// Images as large as a release, which compress to the same 66 %: runs of 64 random bytes and of 32 equal ones.
import { createHash } from 'node:crypto';

const IMAGE_BYTES = 620_000;
const CODE_AT = 0x9000;

/** For an ESP8266. */
export function releaseImage(sizeBytes = IMAGE_BYTES, version = 'v1.27.0 on 2025-12-09') {
  const image = Buffer.alloc(sizeBytes, 0xff);
  image.set([0xe9, 1, 0, 0x40, 0x04, 0x00, 0x10, 0x40, 0x00, 0x00, 0x10, 0x40, 0x00, 0x10, 0x00, 0x00]);
  const random = generator();
  for (let at = 16; at < sizeBytes - 16; at++) if (at < 16 + 0x1000 || at >= CODE_AT) image[at] = random();
  for (let at = CODE_AT; at < sizeBytes - 16; at += 96) image.fill(0x21, at, at + 32);
  image[16 + 0x1000 + 15] = image.subarray(16, 16 + 0x1000).reduce((sum, byte) => sum ^ byte, 0xef);
  image.write(`MicroPython ${version}\0`, CODE_AT + 100, 'latin1');
  image.writeUInt32LE(sizeBytes - 16, CODE_AT - 4);
  image.set(createHash('md5').update(image.subarray(4, -16)).digest(), sizeBytes - 16);
  return image;
}

/**
 * For a chip of the ESP32 family: a small image with a larger application, in one segment.
 * @param {Uint8Array} small
 * @param {number} offset where it begins in the flash
 */
export function esp32ReleaseImage(small, offset, sizeBytes = IMAGE_BYTES) {
  const applicationAt = 0x10000 - offset;
  const header = Buffer.from(small.subarray(applicationAt, applicationAt + 32));
  header[1] = 1; // segments
  const data = Buffer.alloc(sizeBytes - (sizeBytes % 16));
  header.writeUInt32LE(data.length, 28);
  const random = generator();
  for (let at = 0; at < data.length; at++) data[at] = at % 96 < 32 ? 0x21 : random();
  data.set(small.subarray(applicationAt + 32, applicationAt + 32 + 1024)); // its description and texts
  const end = Buffer.alloc(16);
  end[15] = data.reduce((sum, byte) => sum ^ byte, 0xef);
  const image = Buffer.concat([header, data, end]);
  const hash = createHash('sha256').update(image).digest();
  return Buffer.concat([small.subarray(0, applicationAt), image, hash]);
}

function generator() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0; // Numerical Recipes' generator
    return state >>> 24;
  };
}
