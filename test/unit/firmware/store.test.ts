// The store over a real folder and a real server: what is fetched, what is not, and what is never believed.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FirmwareCache } from '../../../src/firmware/cache.js';
import { BOARDS, catalogueOf, RELEASE_SHA256 } from '../../../src/firmware/catalogue.js';
import { FirmwareStore } from '../../../src/firmware/store.js';
import type { OnProgress, ProgressEvent } from '../../../src/progress.js';
import { FirmwareSite, whole } from '../../support/firmware-site.js';
import { esp8266Image } from '../../support/images.js';
import { temporaryFolder } from '../../support/virtual-port.js';

const NEWEST = 'ESP8266_GENERIC-20260824-v1.29.0.bin';
const NEWER = 'ESP8266_GENERIC-20270101-v1.30.0.bin';
const PREVIEW = 'ESP8266_GENERIC-20261001-v1.30.0-preview.7.g0a1b2c3d4.bin';
const PAGE = '/download/ESP8266_GENERIC/';
const CHIP = {
  family: 'ESP8266',
  revision: undefined,
  flashSizeBytes: 4 * 1024 * 1024,
  hasOctalPsram: false,
};
const image = esp8266Image(5000, '1.29.0');

let site: FirmwareSite;
beforeEach(async () => {
  site = await FirmwareSite.start();
});
afterEach(() => site[Symbol.asyncDispose]());

function storeIn(root: string, offline = false, onProgress: OnProgress = () => {}) {
  return new FirmwareStore({ cacheFolder: root, site: `${site.url}/`, offline, onProgress });
}

/** Where the store keeps what comes from the site of this test. */
const pathOf = (root: string, file: string) => new FirmwareCache(root, site.url).path(file);

const page =
  (...files: string[]) =>
  (_: unknown, response: { end(text: string): void }) =>
    response.end(files.map((file) => `<a href="/resources/firmware/${file}">${file}</a>`).join('\n'));

test('the newest release is fetched once, and is there without a network afterwards', async () => {
  const root = temporaryFolder();
  site.on(PAGE, page(NEWEST));
  site.build(NEWEST, whole(image));
  expect(await storeIn(root).forChip('latest', CHIP)).toMatchObject({ chip: 'ESP8266', version: '1.29.0' });
  expect(readFileSync(pathOf(root, NEWEST)).equals(image)).toBe(true);
  const asked = site.requests.length;
  expect(await storeIn(root).forChip('latest', CHIP)).toMatchObject({ version: '1.29.0' });
  expect(await storeIn(root, true).forChip({ version: '1.29.0' }, CHIP)).toMatchObject({ version: '1.29.0' });
  expect(site.requests).toHaveLength(asked);
});

test('a release that is newer than the package is found on the download page, which is read once a day', async () => {
  const root = temporaryFolder();
  site.on(PAGE, page(NEWEST, NEWER));
  site.build(NEWER, whole(esp8266Image(5000, '1.30.0')));
  expect(await storeIn(root).forChip('latest', CHIP)).toMatchObject({ version: '1.30.0' });
  await storeIn(root).forChip('latest', CHIP);
  expect(site.requests.filter(({ path }) => path === PAGE)).toHaveLength(1);
  const yesterday = Date.now() / 1000 - 25 * 60 * 60;
  utimesSync(pathOf(root, 'ESP8266_GENERIC.txt'), yesterday, yesterday);
  await storeIn(root).forChip('latest', CHIP);
  expect(site.requests.filter(({ path }) => path === PAGE)).toHaveLength(2);
});

test.each([
  ['ESP32-P4', 301, 'ESP32_GENERIC_P4-', ['C5_WIFI', 'C6_WIFI']],
  ['ESP32-P4', 103, 'ESP32_GENERIC_P4-PRE_REV3-', ['PRE_REV3_C5_WIFI', 'PRE_REV3_C6_WIFI']],
  ['ESP32-S3', 2, 'ESP32_GENERIC_S3-', ['SPIRAM_OCT']],
  ['ESP32', 300, 'ESP32_GENERIC-', ['SPIRAM']],
  ['ESP32-C3', 4, 'ESP32_GENERIC_C3-', []],
] as const)(
  'for an %s of revision %i, builds that its loader cannot tell are named: %s with %j',
  async (family, revision, begin, variants) => {
    const events: ProgressEvent[] = [];
    const store = storeIn(temporaryFolder(), true, (event) => events.push(event));
    const found = { ...CHIP, family, revision, flashSizeBytes: 16 * 1024 * 1024 };
    await expect(store.forChip({ version: '1.29.0' }, found)).rejects.toThrow(`${begin}20260824-v1.29.0.bin`);
    const board = `ESP32_GENERIC${family.slice('ESP32'.length).replace('-', '_')}`;
    expect(events.flatMap((event) => (event.event === 'other-builds' ? event.files : []))).toEqual(
      variants.map((variant) => `${board}-${variant}-20260824-v1.29.0.bin`),
    );
  },
);

test('a preview comes from the download page, and latest leaves it alone', async () => {
  const root = temporaryFolder();
  site.on(PAGE, page(NEWEST, PREVIEW));
  site.build(PREVIEW, whole(esp8266Image(5000, '1.30.0-preview.7.g0a1b2c3d4')));
  site.build(NEWEST, whole(image));
  expect(await storeIn(root).forChip('preview', CHIP)).toMatchObject({
    version: '1.30.0-preview.7.g0a1b2c3d4',
  });
  expect(await storeIn(root).forChip('latest', CHIP)).toMatchObject({ version: '1.29.0' });
});

test('without the download page the catalogue of the package holds', async () => {
  site.build(NEWEST, whole(image));
  expect(await storeIn(temporaryFolder()).forChip('latest', CHIP)).toMatchObject({ version: '1.29.0' });
});

test('a damaged file in the cache is fetched again', async () => {
  const root = temporaryFolder();
  site.build(NEWEST, whole(image));
  await storeIn(root, true).get({ file: NEWEST });
  const path = pathOf(root, NEWEST);
  writeFileSync(path, readFileSync(path).fill(0, 0x9100, 0x9110));
  expect(await storeIn(root, true).get({ file: NEWEST })).toMatchObject({ version: '1.29.0' });
  expect(readFileSync(path).equals(image)).toBe(true);
});

test('a list or a SHA-256 in the cache that is larger than any that is stored is not read', async () => {
  const root = temporaryFolder();
  const cache = new FirmwareCache(root, site.url);
  const board = BOARDS.find(({ name }) => name === 'ESP8266_GENERIC');
  assert(board);
  await cache.store(NEWER, image);
  await cache.storeNames(board, catalogueOf(board));
  const padding = '\n'.repeat(1024 * 1024);
  for (const file of [`${NEWER}.sha256`, `${board.name}.txt`]) appendFileSync(cache.path(file), padding);
  expect(await cache.recordedSha256(NEWER)).toBeUndefined();
  expect(await cache.readNames(board)).toBeUndefined();
});

test('what was joined from two different files is thrown away and fetched from its beginning', async () => {
  const root = temporaryFolder();
  const url = `${site.url}/resources/firmware/${NEWEST}`;
  site.build(NEWEST, whole(image));
  await new FirmwareCache(root, site.url).leavePart(url, Buffer.alloc(20_000, 7));
  expect(await storeIn(root, true).get({ file: NEWEST })).toMatchObject({ version: '1.29.0' });
  expect(readFileSync(pathOf(root, NEWEST)).equals(image)).toBe(true);
  expect(site.requests.map(({ range }) => range)).toEqual(['bytes=20000-', undefined]);
});

test.each([
  ['a file that is damaged on the server', image.subarray(0, -40), 'firmware-damaged'],
  [
    'a page that calls itself a file',
    Buffer.from('<!doctype html><title>Sign in to the hotel</title>'),
    'firmware-invalid',
  ],
])('%s is refused, and does not stay in the cache', async (_what, bytes, code) => {
  const root = temporaryFolder();
  site.build(NEWEST, whole(bytes));
  await expect(storeIn(root, true).get({ file: NEWEST })).rejects.toMatchObject({ code });
  expect(await storeIn(root).cached()).toEqual([]);
});

test('after a failed download, the error lists the cached releases', async () => {
  const root = temporaryFolder();
  site.build(NEWEST, whole(image));
  await storeIn(root, true).get({ file: NEWEST });
  await expect(storeIn(root, true).forChip({ version: '1.27.0' }, CHIP)).rejects.toMatchObject({
    code: 'firmware-download',
    message: expect.stringContaining('The cache holds 1.29.0.'),
  });
});

test('a file from another address is no release, whatever its name, and is fetched each time', async () => {
  const root = temporaryFolder();
  site.on('/mine.bin', whole(image));
  site.on(`/x/${NEWEST}`, whole(esp8266Image(6000, '1.28.0')));
  site.build(NEWEST, whole(image));
  for (const path of ['/mine.bin', '/mine.bin']) {
    expect(await storeIn(root).fromUrl(`${site.url}${path}`)).toMatchObject({ version: '1.29.0' });
  }
  expect(await storeIn(root).fromUrl(`${site.url}/x/${NEWEST}`)).toMatchObject({ version: '1.28.0' });
  expect(await storeIn(root).get({ file: NEWEST })).toMatchObject({ version: '1.29.0' });
  expect(await storeIn(root).fromUrl(`${site.url}/x/${NEWEST}`)).toMatchObject({ version: '1.28.0' });
  expect(site.requests.map(({ path }) => path)).toEqual([
    '/mine.bin',
    '/mine.bin',
    `/x/${NEWEST}`,
    `/resources/firmware/${NEWEST}`,
    `/x/${NEWEST}`,
  ]);
});

test('the address of a release on the site itself is that release', async () => {
  const root = temporaryFolder();
  site.build(NEWEST, whole(image));
  const url = `${site.url}/resources/firmware/${NEWEST}`;
  for (const _ of [1, 2]) expect(await storeIn(root).fromUrl(url)).toMatchObject({ version: '1.29.0' });
  expect(site.requests).toHaveLength(1);
});

test("what a mirror sends is not taken for the site's own", async () => {
  const root = temporaryFolder();
  await using mirror = await FirmwareSite.start();
  mirror.build(NEWEST, whole(esp8266Image(6000, '1.28.0')));
  site.build(NEWEST, whole(image));
  const other = new FirmwareStore({ cacheFolder: root, site: mirror.url, offline: true });
  expect(await other.get({ file: NEWEST })).toMatchObject({ version: '1.28.0' });
  expect(await storeIn(root).get({ file: NEWEST })).toMatchObject({ version: '1.29.0' });
});

test.each(['http://', 'https://example.org/%zz', 'https://example.org/%ff.bin'])(
  '%s is a usage error',
  async (url) => {
    await expect(storeIn(temporaryFolder()).fromUrl(url)).rejects.toMatchObject({ code: 'usage' });
  },
);

describe('SHA-256', () => {
  const mismatch = { code: 'firmware-damaged', message: expect.stringContaining('is not the released file') };

  test('of the first download is recorded, and another file under the name is refused later', async () => {
    const root = temporaryFolder();
    site.build(NEWEST, whole(image));
    await storeIn(root, true).get({ file: NEWEST });
    expect(readFileSync(`${pathOf(root, NEWEST)}.sha256`, 'utf8')).toBe(
      `${createHash('sha256').update(image).digest('hex')}  ${NEWEST}\n`,
    );
    rmSync(pathOf(root, NEWEST));
    site.build(NEWEST, whole(esp8266Image(6000, '1.29.0')));
    await expect(storeIn(root, true).get({ file: NEWEST })).rejects.toMatchObject(mismatch);
    expect(await storeIn(root).cached()).toEqual([]);
  });

  test('of a release that this package knows is checked on the first download', async () => {
    const [file = ''] = Object.keys(RELEASE_SHA256);
    site.build(file, whole(image));
    await expect(storeIn(temporaryFolder(), true).get({ file })).rejects.toMatchObject(mismatch);
  });

  test.each(Object.entries(RELEASE_SHA256))('of %s is one, for a release of the catalogue', (file, sha) => {
    expect(sha).toMatch(/^[\da-f]{64}$/);
    expect(BOARDS.flatMap((board) => catalogueOf(board)).map((known) => known.file)).toContain(file);
  });
});

test('many runs at once end with the same whole file, and leave nothing else behind', async () => {
  const root = temporaryFolder();
  site.on(PAGE, page(NEWEST));
  site.build(NEWEST, (request, response) => setImmediate(() => whole(image)(request, response)));
  const images = await Promise.all(Array.from({ length: 8 }, () => storeIn(root).forChip('latest', CHIP)));
  expect(new Set(images.map(({ version }) => version))).toEqual(new Set(['1.29.0']));
  expect(readdirSync(dirname(pathOf(root, NEWEST))).sort()).toEqual(
    [NEWEST, `${NEWEST}.sha256`, 'ESP8266_GENERIC.txt'].sort(),
  );
  expect(readFileSync(pathOf(root, NEWEST)).equals(image)).toBe(true);
});

test('a refused download leaves nothing in the cache', async () => {
  const root = temporaryFolder();
  site.on('/huge.bin', (_request, response) => {
    for (let megabyte = 0; megabyte < 21; megabyte++) response.write(Buffer.alloc(1024 * 1024));
  });
  await expect(storeIn(root).fromUrl(`${site.url}/huge.bin`)).rejects.toMatchObject({
    code: 'firmware-download',
  });
  expect(readdirSync(root, { recursive: true })).toEqual([]);
});

test('an interrupted download is continued by the next run, which removes what it took', async () => {
  const root = temporaryFolder();
  const stop = new AbortController();
  site.build(NEWEST, (_request, response) => {
    response.writeHead(200, { 'content-length': image.length });
    response.write(image.subarray(0, 3000));
  });
  const interrupted = new FirmwareStore({
    cacheFolder: root,
    site: site.url,
    offline: true,
    signal: stop.signal,
    onProgress: (event) => {
      if (event.event === 'bytes' && event.doneBytes === 3000) stop.abort(new Error('enough'));
    },
  });
  await expect(interrupted.get({ file: NEWEST })).rejects.toThrow('enough');
  site.build(NEWEST, whole(image));
  await storeIn(root, true).get({ file: NEWEST });
  expect(site.requests.at(-1)?.range).toBe('bytes=3000-');
  expect(readdirSync(dirname(pathOf(root, NEWEST))).sort()).toEqual([NEWEST, `${NEWEST}.sha256`].sort());
});

test('a cache folder that cannot be written is named, with what to do', async () => {
  const root = join(temporaryFolder(), 'file');
  writeFileSync(root, '');
  site.build(NEWEST, whole(image));
  await expect(storeIn(root, true).get({ file: NEWEST })).rejects.toMatchObject({
    code: 'output-failed',
    next: expect.stringContaining('ESP_PORTAL_CACHE_DIR'),
  });
});
