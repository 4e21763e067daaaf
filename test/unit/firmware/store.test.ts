// The store over a real folder and a real server: what is fetched, what is not, and what is never believed.

import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FirmwareCache } from '../../../src/firmware/cache.js';
import { FirmwareStore } from '../../../src/firmware/store.js';
import { FirmwareSite, whole } from '../../support/firmware-site.js';
import { esp8266Image } from '../../support/images.js';
import { temporaryFolder } from '../../support/virtual-port.js';

const NEWEST = 'ESP8266_GENERIC-20260824-v1.29.0.bin';
const NEWER = 'ESP8266_GENERIC-20270101-v1.30.0.bin';
const PREVIEW = 'ESP8266_GENERIC-20261001-v1.30.0-preview.7.g0a1b2c3d4.bin';
const PAGE = '/download/ESP8266_GENERIC/';
const CHIP = { family: 'ESP8266', flashSizeBytes: 4 * 1024 * 1024 };
const image = esp8266Image(5000, '1.29.0');

let site: FirmwareSite;
beforeEach(async () => {
  site = await FirmwareSite.start();
});
afterEach(() => site[Symbol.asyncDispose]());

function storeIn(root: string, offline = false) {
  return new FirmwareStore({ cache: new FirmwareCache(root), site: `${site.url}/`, offline });
}

const page =
  (...files: string[]) =>
  (_: unknown, response: { end(text: string): void }) =>
    response.end(files.map((file) => `<a href="/resources/firmware/${file}">${file}</a>`).join('\n'));

test('the newest release is fetched once, and is there without a network afterwards', async () => {
  const root = temporaryFolder();
  site.on(PAGE, page(NEWEST));
  site.build(NEWEST, whole(image));
  expect(await storeIn(root).forChip('latest', CHIP)).toMatchObject({ chip: 'ESP8266', version: '1.29.0' });
  expect(readFileSync(join(root, 'firmware', NEWEST)).equals(image)).toBe(true);
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
  utimesSync(join(root, 'firmware', 'ESP8266_GENERIC.txt'), yesterday, yesterday);
  await storeIn(root).forChip('latest', CHIP);
  expect(site.requests.filter(({ path }) => path === PAGE)).toHaveLength(2);
});

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
  const path = join(root, 'firmware', NEWEST);
  writeFileSync(path, readFileSync(path).fill(0, 0x9100, 0x9110));
  expect(await storeIn(root, true).get({ file: NEWEST })).toMatchObject({ version: '1.29.0' });
  expect(readFileSync(path).equals(image)).toBe(true);
});

test('what was joined from two different files is thrown away and fetched from its beginning', async () => {
  const root = temporaryFolder();
  site.build(NEWEST, whole(image));
  await storeIn(root, true).get({ file: NEWEST });
  const path = join(root, 'firmware', NEWEST);
  writeFileSync(`${path}.part`, Buffer.alloc(20_000, 7));
  writeFileSync(path, '');
  expect(await storeIn(root, true).get({ file: NEWEST })).toMatchObject({ version: '1.29.0' });
  expect(readFileSync(path).equals(image)).toBe(true);
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
  expect(await new FirmwareCache(root).list()).toEqual([]);
});

test('where a download fails, the error says what the cache holds', async () => {
  const root = temporaryFolder();
  site.build(NEWEST, whole(image));
  await storeIn(root, true).get({ file: NEWEST });
  await expect(storeIn(root, true).forChip({ version: '1.27.0' }, CHIP)).rejects.toMatchObject({
    code: 'firmware-download',
    message: expect.stringContaining('The cache holds 1.29.0.'),
  });
});

test('an address is fetched; one with the name of a build is cached', async () => {
  const root = temporaryFolder();
  site.on('/mine.bin', whole(image));
  site.on(`/x/${NEWEST}`, whole(image));
  for (const path of ['/mine.bin', '/mine.bin', `/x/${NEWEST}`, `/x/${NEWEST}`]) {
    expect(await storeIn(root).fromUrl(`${site.url}${path}`)).toMatchObject({ version: '1.29.0' });
  }
  expect(site.requests.map(({ path }) => path)).toEqual(['/mine.bin', '/mine.bin', `/x/${NEWEST}`]);
  await expect(storeIn(root).fromUrl('http://')).rejects.toMatchObject({ code: 'usage' });
});
