// Changes to images of the real library and of the writer: what they leave, and what every cut of them leaves.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type BlockWrite, type Change, editLittleFs } from '../../../../src/filesystem/littlefs/edit.js';
import { blocksOf, readLittleFs } from '../../../../src/filesystem/littlefs/reader.js';
import { writeLittleFs } from '../../../../src/filesystem/littlefs/writer.js';
import { seededBytes, seededRandom } from '../../../support/random.js';

const BLOCK = 4096;
const FOLDER = new URL('../../../fixtures/littlefs/', import.meta.url);
const GOLDEN = readdirSync(FOLDER).filter((name) => name.endsWith('.bin.gz'));
const golden = (name: string) => gunzipSync(readFileSync(new URL(name, FOLDER)));

/** All of the filesystem: golden images are cut behind their last used block. */
function whole(image: Uint8Array): Buffer {
  const all = Buffer.alloc(readLittleFs(image).blockCount * BLOCK, 0xff);
  all.set(image);
  return all;
}

type Listing = Map<string, string>;

function listing(image: Uint8Array): Listing {
  const { entries, damagedFolders } = readLittleFs(image);
  expect(damagedFolders).toEqual([]);
  return new Map(
    entries.map((entry) => [
      entry.kind === 'file' ? entry.path : `${entry.path}/`,
      entry.kind === 'file' ? `${entry.modifiedNs} ${Buffer.from(entry.read()).toString('latin1')}` : '',
    ]),
  );
}

function edit(image: Buffer, change: Change): BlockWrite[] {
  return editLittleFs(blocksOf(image, BLOCK), change);
}

function changed(before: Listing, change: Change): Listing {
  const after = new Map(before);
  if (change.kind === 'remove') after.delete(change.path);
  else after.set(change.path, `undefined ${Buffer.from(change.bytes).toString('latin1')}`);
  return after;
}

const sorted = (list: Listing) => [...list].sort(([a], [b]) => (a < b ? -1 : 1));

/** Applies a change; whatever the power leaves of each write, the old files are there or the new ones. */
function applied(image: Buffer, change: Change, random: (below: number) => number): Buffer {
  const before = listing(image);
  const after = changed(before, change);
  const now = Buffer.from(image);
  const writes = edit(image, change);
  for (const [index, { block, bytes }] of writes.entries()) {
    expect(bytes).toHaveLength(BLOCK);
    for (const torn of tornWrites(now, block, bytes, random))
      expect(sorted(listing(torn))).toEqual(sorted(before));
    now.set(bytes, block * BLOCK);
    const isLast = index === writes.length - 1;
    expect(sorted(listing(now)), `after write ${index}`).toEqual(sorted(isLast ? after : before));
  }
  return now;
}

/** Erased in part, erased, and written up to somewhere before its last byte that counts. */
function* tornWrites(
  image: Buffer,
  block: number,
  bytes: Uint8Array,
  random: (below: number) => number,
): Generator<Buffer> {
  const at = block * BLOCK;
  const erased = Buffer.from(image);
  erased.fill(0xff, at, at + BLOCK);
  const half = Buffer.from(image);
  half.fill(0xff, at, at + random(BLOCK));
  yield half;
  yield erased;
  const length = bytes.findLastIndex((byte) => byte !== 0xff);
  if (length <= 0) return;
  const torn = Buffer.from(erased);
  torn.set(bytes.subarray(0, random(length)), at);
  yield torn;
}

describe.each(GOLDEN)('%s of the real library', (name) => {
  test('each file can be removed, each folder takes a file, and the rest stays', () => {
    const random = seededRandom(name.length);
    const image = whole(golden(name));
    const paths = [...listing(image).keys()];
    const some =
      paths.length > 8 ? paths.filter((_, index) => index % Math.ceil(paths.length / 8) === 0) : paths;
    for (const path of some) {
      if (path.endsWith('/'))
        applied(image, { kind: 'write', path: `${path}new`, bytes: seededBytes(1, 300) }, random);
      else {
        applied(image, { kind: 'remove', path }, random);
        applied(image, { kind: 'write', path, bytes: seededBytes(2, 5000) }, random);
      }
    }
    applied(image, { kind: 'write', path: 'main.py', bytes: Buffer.from('print(1)\n') }, random);
  });
});

test.each([1, 2])('a hundred changes one after the other, folders that split included (seed %i)', (seed) => {
  const random = seededRandom(seed);
  const folders = ['', 'lib/', 'lib/deep/'];
  let image: Buffer = whole(
    writeLittleFs([{ path: 'lib/deep/first', bytes: seededBytes(seed, 9000) }], { blockCount: 128 }),
  );
  for (let step = 0; step < 100; step++) {
    const files = [...listing(image).keys()].filter((path) => !path.endsWith('/'));
    const path = files[random(files.length)];
    const isRemoval = path !== undefined && random(4) === 0;
    const fresh = `${folders[random(3)]}${'n'.repeat(random(40))}${random(1000)}`;
    const size = [random(10), 128, 129, random(500), random(9000)][random(5)] ?? 0;
    const change: Change = isRemoval
      ? { kind: 'remove', path }
      : {
          kind: 'write',
          path: path !== undefined && random(3) === 0 ? path : fresh,
          bytes: seededBytes(step, size),
        };
    image = applied(image, change, random);
  }
});

test('only the older block of one pair is written to remove a file', () => {
  const image = whole(golden('board.bin.gz'));
  expect(edit(image, { kind: 'remove', path: 'main.py' })).toHaveLength(1);
});

test('a file that does not fit is refused, before anything is written', () => {
  const image = whole(writeLittleFs([{ path: 'a', bytes: seededBytes(1, 40_000) }], { blockCount: 16 }));
  expect(() => edit(image, { kind: 'write', path: 'b', bytes: seededBytes(2, 20_000) })).toThrow(
    expect.objectContaining({ kind: 'no-space' }),
  );
});

test.each([
  [{ kind: 'remove', path: 'missing' }, 'There is no file missing.'],
  [{ kind: 'remove', path: 'lib' }, 'lib is a folder.'],
  [{ kind: 'write', path: 'no/x', bytes: Buffer.of() }, 'no/x: there is no folder no.'],
  [{ kind: 'write', path: 'n'.repeat(256), bytes: Buffer.of() }, 'a name has 1 to 255 bytes'],
] as const)('%j is refused', (change, message) => {
  const image = whole(writeLittleFs([{ path: 'lib/a', bytes: Buffer.of(1) }], { blockCount: 16 }));
  expect(() => edit(image, change)).toThrow(message);
});

test('damaged images give a typed error and no endless loop', () => {
  const random = seededRandom(7);
  const image = whole(golden('many.bin.gz'));
  const used = golden('many.bin.gz').length;
  for (let round = 0; round < 150; round++) {
    const damaged = Buffer.from(image);
    for (let flips = 0; flips < 20; flips++) damaged[random(used)] = random(256);
    try {
      edit(damaged, { kind: 'write', path: 'main.py', bytes: seededBytes(round, 300) });
    } catch (error) {
      expect((error as Error).name).toMatch(/^(FilesystemError|LayoutError)$/);
    }
  }
});
