// The words of LittleFS on disk, version 2.0: tags, types, checksums, skip-lists. Pure.
// Source: SPEC.md and DESIGN.md of the littlefs project.

import { crc32 } from 'node:zlib';

/** A tag as it is after the XOR with the one before: `[valid 1 | type 11 | id 10 | size 10]`. */
export interface Tag {
  /** Type with its chunk, 11 bits. */
  readonly type: number;
  readonly id: number;
  /** Of the data behind it; 0x3ff marks what is deleted and has no data. */
  readonly sizeBytes: number;
}

export const TYPE = {
  file: 0x001,
  folder: 0x002,
  superblock: 0x0ff,
  folderPair: 0x200,
  inline: 0x201,
  skipList: 0x202,
  create: 0x401,
  delete: 0x4ff,
  crc: 0x500,
  softTail: 0x600,
  hardTail: 0x601,
  moveState: 0x7ff,
} as const;

/** The upper three bits of a type: what kind of tag it is. */
export const GROUP = { name: 0x000, struct: 0x200, attribute: 0x300, splice: 0x400, tail: 0x600 } as const;

/** Number of the attribute in which MicroPython keeps the time of a file (extmod/vfs_lfsx.c). */
export const MODIFIED_ATTRIBUTE = 1;

/** Id of tags that belong to no file. */
export const NO_ID = 0x3ff;
export const DELETED_SIZE = 0x3ff;
export const TAG_BYTES = 4;
export const MAGIC = Buffer.from('littlefs');
/** Of the disk format, in the superblock: 2.0, which every release of the library mounts. */
export const DISK_VERSION = 0x0002_0000;
/** The XOR of the first tag of a block. */
export const FIRST_TAG = 0xffff_ffff;

export function decodeTag(word: number): Tag {
  return { type: (word >>> 20) & 0x7ff, id: (word >>> 10) & 0x3ff, sizeBytes: word & 0x3ff };
}

export function encodeTag({ type, id, sizeBytes }: Tag): number {
  return ((type << 20) | (id << 10) | sizeBytes) >>> 0;
}

/** Valid tags have this bit clear once they are XORed. */
export function isValid(word: number): boolean {
  return word >>> 31 === 0;
}

export function groupOf({ type }: Tag): number {
  return type & 0x700;
}

/** A commit ends with a tag of 0x500 to 0x57f; 0x5ff, a checksum of what is erased behind it, is another thing. */
export function isCommitEnd({ type }: Tag): boolean {
  return (type & 0x780) === TYPE.crc;
}

/** CRC-32 with the polynomial 0x04c11db7, started with 0xffffffff and not inverted at its end. */
export function checksum(bytes: Uint8Array): number {
  return ~crc32(bytes) >>> 0;
}

/** Blocks of a skip-list begin with pointers to earlier ones: one in block 1, two in block 2, one in block 3 … */
export function pointersIn(index: number): number {
  return index === 0 ? 0 : Math.clz32(1) - Math.clz32(index & -index) + 1;
}

/** @returns how many blocks a file of this size has in its skip-list */
export function skipListBlocks(sizeBytes: number, blockBytes: number): number {
  let index = 0;
  for (let left = sizeBytes; left > blockBytes - 4 * pointersIn(index); index++) {
    left -= blockBytes - 4 * pointersIn(index);
  }
  return index + 1;
}
