// Whether a filesystem may be written: only over nothing, or over a part of itself.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { writeLittleFs } from '../../../../src/filesystem/littlefs/writer.js';
import { isFree } from '../../../../src/operations/flash/files-in-flash.js';
import { seededBytes } from '../../../support/random.js';

const range = { address: 0x1000, sizeBytes: 16 * 4096 };
const bytes = writeLittleFs([{ path: 'a', bytes: seededBytes(1, 9000) }], { blockCount: 16 });
const pair = bytes.subarray(0, 8192);

function flashWith(contents: Uint8Array) {
  const flash = Buffer.alloc(range.address + range.sizeBytes, 0xff);
  flash.set(contents, range.address);
  const read = async (at: number, length: number) => flash.subarray(at, at + length);
  const md5 = async (at: number, length: number) =>
    createHash('md5')
      .update(flash.subarray(at, at + length))
      .digest('hex');
  return { read, md5 };
}

const cutAfter = (count: number) =>
  Buffer.concat([pair.subarray(0, count), Buffer.alloc(8192 - count, 0xff)]);
/** The board has appended a commit to the one that was written. */
const used = Buffer.from(pair);
used.fill(0x5a, 512, 544);
const damaged = Buffer.from(bytes);
damaged[3 * 4096] = (damaged[3 * 4096] ?? 0) ^ 1;

test.each([
  ['erased blocks', Buffer.of(), true],
  ['its first bytes', cutAfter(40), true],
  ['its first two blocks, and not the others', pair, true],
  ['all of it, one of its blocks damaged', damaged, true],
  ['all of it', bytes, false],
  ['it, changed by the board', used, false],
  ['another one', writeLittleFs([], { blockCount: 16 }), false],
  ['noise', seededBytes(2, 8192), false],
])('over %s: %s', async (_what, contents, free) => {
  expect(await isFree(flashWith(contents), { range, bytes })).toBe(free);
});
