// The checksum that Espressif's ROMs use for images and for blocks on the wire. Pure.

const SEED = 0xef;

/** XOR over bytes, as the ROM sums an image's segments and loaders sum their blocks. */
export function xorChecksum(bytes: Uint8Array, seed = SEED): number {
  let sum = seed;
  for (const byte of bytes) sum ^= byte; // reduce() takes several times as long, at each start of a board
  return sum;
}
