// An ESP8266 image as large as a release, which compresses to the same 66 %: runs of 64 random bytes and of 32 equal ones.
import { createHash } from 'node:crypto';

const IMAGE_BYTES = 620_000;
const CODE_AT = 0x9000;

export function releaseImage(sizeBytes = IMAGE_BYTES) {
  const image = Buffer.alloc(sizeBytes, 0xff);
  image.set([0xe9, 1, 0, 0x40, 0x04, 0x00, 0x10, 0x40, 0x00, 0x00, 0x10, 0x40, 0x00, 0x10, 0x00, 0x00]);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0; // Numerical Recipes' generator
    return state >>> 24;
  };
  for (let at = 16; at < sizeBytes - 16; at++) if (at < 16 + 0x1000 || at >= CODE_AT) image[at] = random();
  for (let at = CODE_AT; at < sizeBytes - 16; at += 96) image.fill(0x21, at, at + 32);
  image[16 + 0x1000 + 15] = image.subarray(16, 16 + 0x1000).reduce((sum, byte) => sum ^ byte, 0xef);
  image.write('MicroPython v1.27.0 on 2025-12-09\0', CODE_AT + 100, 'latin1');
  image.writeUInt32LE(sizeBytes - 16, CODE_AT - 4);
  image.set(createHash('md5').update(image.subarray(4, -16)).digest(), sizeBytes - 16);
  return image;
}
