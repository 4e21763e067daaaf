// Tags with their data → the bytes of a block's only commit. Pure.

import { checksum, encodeTag, FIRST_TAG, NO_ID, TAG_BYTES, type Tag, TYPE } from './format.js';

export interface TagBytes {
  readonly tag: Tag;
  readonly data: Uint8Array;
}

/** As MicroPython mounts it (extmod/vfs_lfs.c): what is read and written at once. */
const PROGRAM_BYTES = 32;

/** A block's revision count and its only commit, padded to what is written at once. */
export function commitOf(entries: readonly TagBytes[], revision: number): Buffer {
  const parts: Buffer[] = [littleEndian(revision)];
  let last = FIRST_TAG;
  const push = (tag: Tag, data: Uint8Array) => {
    const word = encodeTag(tag);
    const bytes = Buffer.alloc(TAG_BYTES);
    bytes.writeUInt32BE((word ^ last) >>> 0);
    last = word;
    parts.push(bytes, Buffer.from(data));
  };
  for (const { tag, data } of entries) push(tag, data);
  const end = parts.reduce((sum, { length }) => sum + length, 0);
  const commitEnd = Math.ceil((end + TAG_BYTES + 4) / PROGRAM_BYTES) * PROGRAM_BYTES;
  push({ type: TYPE.crc, id: NO_ID, sizeBytes: commitEnd - end - TAG_BYTES }, Buffer.of());
  const commit = Buffer.alloc(commitEnd, 0xff);
  Buffer.concat(parts).copy(commit);
  commit.writeUInt32LE(checksum(commit.subarray(0, end + TAG_BYTES)), end + TAG_BYTES);
  return commit;
}

export function littleEndian(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, 4 * index);
  return bytes;
}
