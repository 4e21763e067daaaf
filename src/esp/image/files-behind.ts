// The filesystem that may follow a firmware in its file, at the place where the firmware has its files.

const BLOCK_BYTES = 0x1000;
/** Of a LittleFS superblock, which is in one of the first two blocks. */
const MAGIC = Buffer.from('littlefs');
const MAGIC_AT = 8;

export interface FilesBehind {
  /** In flash. */
  readonly address: number;
  /** From its first block to the last that the file has; the rest is erased. */
  readonly bytes: Uint8Array;
}

/**
 * @param offset address of the file's first byte
 * @param addresses where the firmware may have its files
 */
export function findFilesBehind(
  file: Uint8Array,
  offset: number,
  addresses: readonly number[],
): FilesBehind | undefined {
  const address = addresses
    .filter((candidate) => candidate >= offset)
    .find((candidate) =>
      [0, BLOCK_BYTES].some((block) => {
        const at = candidate - offset + block + MAGIC_AT;
        return MAGIC.equals(file.subarray(at, at + MAGIC.length));
      }),
    );
  if (address === undefined) return undefined;
  const bytes = file.subarray(address - offset);
  const blocks = Math.ceil((bytes.findLastIndex((byte) => byte !== 0xff) + 1) / BLOCK_BYTES);
  return { address, bytes: bytes.subarray(0, blocks * BLOCK_BYTES) };
}
