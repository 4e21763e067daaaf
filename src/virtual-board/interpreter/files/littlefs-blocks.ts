// Number of blocks that littlefs needs for files. Arithmetic only.

export const LITTLEFS_BLOCK_BYTES = 4096;
/** A directory of littlefs takes a pair of blocks. */
export const DIRECTORY_BLOCKS = 2;

const POINTER_BYTES = 4;

/**
 * Blocks of a file: each but the first begins with pointers to earlier ones, of which block n has as many as n can be
 * halved, plus one (littlefs's DESIGN.md, «CTZ skip-lists»). Files of up to 128 bytes are stored in their directory; here
 * they take a block as well.
 */
export function blocksOf(sizeBytes: number): number {
  let blocks = 0;
  for (let left = sizeBytes; left > 0; blocks += 1)
    left -= LITTLEFS_BLOCK_BYTES - pointersOf(blocks) * POINTER_BYTES;
  return blocks;
}

function pointersOf(block: number): number {
  if (block === 0) return 0;
  let halvings = 0;
  for (let n = block; n % 2 === 0; n /= 2) halvings += 1;
  return halvings + 1;
}
