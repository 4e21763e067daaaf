import { setImmediate as nextTurn } from 'node:timers/promises';
import { deflateSync, inflateSync } from 'node:zlib';
import pako from 'pako';
import { expect, test } from 'vitest';
import { BLOCK_BYTES, Compression } from '../../../src/esp/compression.js';
import { esp8266ReleaseImage } from '../../support/images.js';
import { seededBytes } from '../../support/random.js';

const image = esp8266ReleaseImage(200_000);

async function allBlocks(compression: Compression): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  for (let block = await compression.block(0); block; block = await compression.block(blocks.length))
    blocks.push(block);
  return blocks;
}

test.each([
  ['a release', image],
  ['a page', image.subarray(0, 4096)],
  ['a byte', Buffer.of(1)],
  ['nothing', Buffer.alloc(0)],
  ['data that cannot be compressed', seededBytes(1, 100_000)],
])('the blocks of %s are one zlib stream, as small as that of pako at level 9', async (_what, bytes) => {
  using compression = new Compression(bytes);
  const { maxTotalBytes } = compression;
  const blocks = await allBlocks(compression);
  const stream = Buffer.concat(blocks);
  expect(inflateSync(stream).equals(bytes)).toBe(true);
  expect(stream.length).toBeLessThanOrEqual(pako.deflate(bytes, { level: 9 }).length);
  expect(compression.totalBytes).toBe(stream.length);
  expect(stream.length).toBeLessThanOrEqual(maxTotalBytes);
  expect(blocks.slice(0, -1).every(({ length }) => length === BLOCK_BYTES)).toBe(true);
});

test('program code takes fewer bytes than with the zlib of Node.js', async () => {
  // Short words that come again at short distances, as in machine code.
  const words = seededBytes(7, 3 * 256);
  const code = Buffer.concat(
    Array.from(seededBytes(8, 60_000), (word) => words.subarray(3 * word, 3 * word + 3)),
  );
  using compression = new Compression(code);
  await allBlocks(compression);
  expect(compression.totalBytes).toBeLessThan(deflateSync(code, { level: 9 }).length);
});

test('the event loop turns all the time, and the first block is there before the last', async () => {
  using compression = new Compression(image);
  let turns = 0;
  const counted = (async () => {
    for (; compression.totalBytes === undefined; turns++) await nextTurn();
  })();
  await compression.block(0);
  expect(compression.totalBytes).toBeUndefined();
  await counted;
  expect(turns).toBeGreaterThan(image.length / 4096);
});

test('a signal ends it at once: the block that is waited for never comes', async () => {
  const ctrlC = new AbortController();
  using compression = new Compression(image, ctrlC.signal);
  await compression.block(0);
  const last = compression.block(1000);
  const reason = new Error('Ctrl-C');
  ctrlC.abort(reason);
  await expect(last).rejects.toBe(reason);
  for (let turn = 0; turn < 1000; turn++) await nextTurn();
  expect(compression.totalBytes).toBeUndefined();
});

test('a block that is waited for ends when a failed write disposes of the rest', async () => {
  const compression = new Compression(image);
  const waiting = compression.block(1000);
  compression[Symbol.dispose]();
  let isOver = false;
  void waiting.then(() => {
    isOver = true;
  });
  for (let turn = 0; turn < 1000 && !isOver; turn++) await nextTurn();
  expect(isOver).toBe(true);
});
