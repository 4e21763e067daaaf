// Images that the real library wrote, power cuts and wear included, against what its own mount lists.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FilesystemError, readLittleFs } from '../../../../src/filesystem/littlefs/reader.js';
import { seededBytes, seededRandom } from '../../../support/random.js';

interface Listing {
  readonly blocks: number;
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string } | null>>;
}

const FOLDER = new URL('../../../fixtures/littlefs/', import.meta.url);
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));
const imageOf = (name: string) => gunzipSync(readFileSync(new URL(`${name}.bin.gz`, FOLDER)));
const listingOf = (name: string): Listing =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));

test('there are images of every kind', () => {
  expect(NAMES.length).toBeGreaterThan(12);
});

test.each(NAMES)('%s is read as a mount shows it', (name) => {
  const { blocks, files } = listingOf(name);
  const { blockCount, entries, damagedFolders } = readLittleFs(imageOf(name));
  const found = Object.fromEntries(
    entries.map((entry) => {
      if (entry.kind === 'folder') return [`/${entry.path}/`, null];
      const sha256 = createHash('sha256').update(entry.read()).digest('hex');
      return [`/${entry.path}`, { size: entry.sizeBytes, sha256 }];
    }),
  );
  expect(found).toEqual(files);
  expect(blockCount).toBe(blocks);
  expect(damagedFolders).toEqual([]);
});

describe('damage ends with an error, or with the readable rest', () => {
  /** Reads all there is to read; only the reader's own errors may come. */
  function readAll(image: Uint8Array): 'read' | FilesystemError['kind'] {
    try {
      for (const entry of readLittleFs(image).entries) if (entry.kind === 'file') entry.read();
      return 'read';
    } catch (error) {
      if (error instanceof FilesystemError) return error.kind;
      throw error;
    }
  }

  test('flipped bits', () => {
    const random = seededRandom(17);
    const images = ['board', 'many', 'worn', 'sizes'].map(imageOf);
    const outcomes = new Set<string>();
    for (let round = 0; round < 600; round++) {
      const image = images[round % images.length] ?? Buffer.of();
      const broken = Uint8Array.from(image);
      for (let flips = random(4); flips >= 0; flips--) {
        // Most of an image is erased; what is written lies at the beginning of its blocks.
        const at = random(broken.length / 4096) * 4096 + random(random(2) ? 200 : 4096);
        broken[at] = (broken[at] ?? 0) ^ (1 << random(8));
      }
      outcomes.add(readAll(broken));
    }
    expect(outcomes).toEqual(new Set(['read', 'damaged']));
  });

  test('blocks that are erased, repeated or full of noise', () => {
    const random = seededRandom(18);
    const image = imageOf('many');
    for (let round = 0; round < 200; round++) {
      const broken = Uint8Array.from(image);
      const [to, from] = [random(20) * 4096, random(20) * 4096];
      const kind = random(3);
      if (kind === 0) broken.fill(0xff, to, to + 4096);
      else if (kind === 1) broken.copyWithin(to, from, from + 4096);
      else broken.set(seededBytes(round, 4096), to);
      readAll(broken);
    }
    expect(readAll(image)).toBe('read');
  });

  test('an image that is cut after each of its blocks', () => {
    const image = imageOf('board');
    const outcomes = Array.from({ length: 64 }, (_, blocks) =>
      readAll(image.subarray(0, blocks * 4096 + 100)),
    );
    expect(outcomes[0]).toBe('not-littlefs');
    expect(outcomes.at(-1)).toBe('read');
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['an erased flash', new Uint8Array(65536).fill(0xff)],
    ['noise', seededBytes(1, 65536)],
  ])('%s is no LittleFS', (_what, image) => {
    expect(() => readLittleFs(image)).toThrow(expect.objectContaining({ kind: 'not-littlefs' }));
  });

  test('a FAT filesystem is named', () => {
    const image = new Uint8Array(8192);
    image.set([0x55, 0xaa], 510);
    expect(() => readLittleFs(image)).toThrow(expect.objectContaining({ kind: 'fat' }));
  });

  test('reports a block size that differs from the superblock', () => {
    expect(() => readLittleFs(imageOf('board'), 8192)).toThrow(expect.objectContaining({ kind: 'damaged' }));
  });
});
