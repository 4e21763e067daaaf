// Whatever is written is read back as it was, by the reader that is tested on the real library's images.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readLittleFs } from '../../../../src/filesystem/littlefs/reader.js';
import { LayoutError, type NewFile, writeLittleFs } from '../../../../src/filesystem/littlefs/writer.js';
import { seededBytes, seededRandom } from '../../../support/random.js';

const BLOCKS = 512;

const digest = (bytes: Uint8Array) => `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;

function expectWholeAndSame(files: readonly NewFile[], blockCount = BLOCKS): Uint8Array {
  const image = writeLittleFs(files, { blockCount });
  expect(image.length % 4096).toBe(0);
  const { entries, damagedFolders, blockCount: found } = readLittleFs(image);
  expect(found).toBe(blockCount);
  expect(damagedFolders).toEqual([]);
  const read = entries.flatMap((entry) =>
    entry.kind === 'file' ? [[entry.path, digest(entry.read())] as const] : [],
  );
  expect(new Map(read)).toEqual(new Map(files.map(({ path, bytes }) => [path, digest(bytes)])));
  expect(read).toHaveLength(files.length);
  return image;
}

test('an empty filesystem is two blocks, of which one is erased', () => {
  const image = expectWholeAndSame([]);
  expect(image.length).toBe(8192);
  expect(image.subarray(4096).every((byte) => byte === 0xff)).toBe(true);
});

// Around the limits of inline files, of blocks, and of each number of pointers in a block.
const SIZES = [
  0, 1, 127, 128, 129, 4095, 4096, 4097, 8187, 8188, 8189, 12272, 12276, 12280, 16364, 16365, 100_000,
];
test.each(SIZES)('a file of %i bytes', (size) => {
  expectWholeAndSame([{ path: 'file', bytes: seededBytes(size, size) }]);
});

test.each([0, 1, 2, 17, 18, 100, 254, 255, 1000])('%i files in a folder', (count) => {
  const files = Array.from({ length: count }, (_, index) => ({
    path: `many/file-${(index * 7919) % 1000}`,
    bytes: seededBytes(index, index % 140),
  }));
  expectWholeAndSame(files, 2000);
});

test('names of 1 to 255 bytes, in any script', () => {
  const names = [
    'a',
    'B',
    'z'.repeat(255),
    'ab',
    'a b',
    'é'.repeat(127),
    '数据',
    '~',
    '.hidden',
    'a.'.repeat(100),
  ];
  expectWholeAndSame(names.map((path) => ({ path, bytes: Buffer.from(path) })));
});

test('names have the order in which the library searches: a name after all that begin with it', () => {
  const files = ['f', 'f4', 'f42', 'f5', 'e9', 'f4a', 'F'].map((path) => ({ path, bytes: Buffer.of() }));
  const image = writeLittleFs(files, { blockCount: 16 });
  expect(readLittleFs(image).entries.map(({ path }) => path)).toEqual([
    'F',
    'e9',
    'f42',
    'f4a',
    'f4',
    'f5',
    'f',
  ]);
});

test('the real library’s own folders have that order', () => {
  const image = gunzipSync(readFileSync(new URL('../../../fixtures/littlefs/sizes.bin.gz', import.meta.url)));
  const files = readLittleFs(image).entries.map(({ path }) => ({ path, bytes: Buffer.of() }));
  const written = readLittleFs(writeLittleFs(files, { blockCount: 16 })).entries;
  expect(written.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
});

test('folders in folders, and empty ones', () => {
  const files = [
    { path: 'a/b/c/d/e', bytes: Buffer.from('deep') },
    { path: 'a/b2', bytes: Buffer.from('beside') },
  ];
  const image = writeLittleFs(files, { blockCount: BLOCKS, folders: ['empty', 'a/b/also'] });
  const folders = readLittleFs(image).entries.flatMap(({ kind, path }) => (kind === 'folder' ? [path] : []));
  expect(new Set(folders)).toEqual(new Set(['a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/b/also', 'empty']));
});

test('random trees', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 40; round++) {
    const files = new Map<string, Uint8Array>();
    for (let count = random(60); count > 0; count--) {
      const depth = random(4);
      const folders = Array.from({ length: depth }, () => `folder-${'x'.repeat(random(60))}${random(3)}`);
      const size = random(3) ? random(300) : random(20_000);
      files.set([...folders, `file-${count}${'y'.repeat(random(80))}`].join('/'), seededBytes(count, size));
    }
    expectWholeAndSame([...files].map(([path, bytes]) => ({ path, bytes })));
  }
});

test('the same files give the same bytes, whatever their order', () => {
  const files = Array.from({ length: 50 }, (_, index) => ({
    path: index % 3 ? `f${index}` : `d${index % 5}/f${index}`,
    bytes: seededBytes(index, index * 37),
  }));
  const image = writeLittleFs(files, { blockCount: BLOCKS });
  const reversed = writeLittleFs([...files].reverse(), { blockCount: BLOCKS });
  expect(Buffer.compare(reversed, image)).toBe(0);
});

describe('is refused:', () => {
  const empty = Buffer.of();
  test.each([
    ['a name of 256 bytes', ['x'.repeat(256)]],
    ['an empty name', ['a//b']],
    ['a slash in front', ['/a']],
    ['a name for the folder above', ['a/../b']],
    ['a path that is there twice', ['a', 'a']],
    ['a file where another needs a folder', ['a', 'a/b']],
    ['a folder where another is a file', ['a/b', 'a']],
  ])('%s', (_what, paths) => {
    const files = paths.map((path) => ({ path, bytes: empty }));
    expect(() => writeLittleFs(files, { blockCount: 16 })).toThrow(expect.objectContaining({ kind: 'name' }));
  });

  test('more than the filesystem holds, with how much is needed', () => {
    const files = [{ path: 'a', bytes: Buffer.alloc(4096 * 20) }];
    expect(() => writeLittleFs(files, { blockCount: 16 })).toThrow(LayoutError);
    const needed = 23; // two of the root, 21 of 20 blocks' bytes with their pointers
    expect(() => writeLittleFs(files, { blockCount: needed - 1 })).toThrow(
      expect.objectContaining({ kind: 'no-space', neededBlocks: needed }),
    );
    expectWholeAndSame(files, needed);
  });
});
