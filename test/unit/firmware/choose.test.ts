import { describe, expect, test } from 'vitest';
import { BOARDS, type Board, catalogueOf } from '../../../src/firmware/catalogue.js';
import {
  boardForChip,
  chooseImage,
  type FoundChip,
  parseFirmwareSpec,
  variantFor,
} from '../../../src/firmware/choose.js';
import { namesOnPage } from '../../../src/firmware/download-page.js';
import { compareVersions, parseImageName } from '../../../src/firmware/image-name.js';

const MB = 1024 * 1024;

describe('names of builds', () => {
  // Names as they are linked to from pages on the web.
  test.each([
    ['ESP8266_GENERIC-20260824-v1.29.0.bin', 'ESP8266_GENERIC', undefined, '1.29.0'],
    ['ESP8266_GENERIC-FLASH_1M-20241129-v1.24.1.bin', 'ESP8266_GENERIC', 'FLASH_1M', '1.24.1'],
    ['ESP32_GENERIC_S3-SPIRAM_OCT-20250911-v1.26.1.bin', 'ESP32_GENERIC_S3', 'SPIRAM_OCT', '1.26.1'],
    ['esp8266-1m-20220117-v1.18.bin', 'esp8266', '1m', '1.18'],
    ['esp32-20220618-v1.19.1.bin', 'esp32', undefined, '1.19.1'],
    [
      'ESP32_GENERIC_C6-20241216-v1.25.0-preview.117.gee8d8b344.bin',
      'ESP32_GENERIC_C6',
      undefined,
      '1.25.0-preview.117.gee8d8b344',
    ],
  ])('%s is taken apart', (file, board, variant, version) => {
    expect(parseImageName(file)).toMatchObject({ file, board, variant, version });
  });

  test.each(['firmware.bin', 'ESP8266_GENERIC-20260824-v1.29.0.elf', '../ESP8266-20260824-v1.29.0.bin', ''])(
    '"%s" follows no rule',
    (file) => {
      expect(parseImageName(file)).toBeUndefined();
    },
  );

  test('versions are ordered by their numbers, previews before their release', () => {
    const inOrder = [
      '1.9.4',
      '1.18',
      '1.19.1',
      '1.29.0',
      '1.30.0-preview.2.gaa',
      '1.30.0-preview.12.g01',
      '1.30.0',
    ];
    expect([...inOrder].reverse().sort(compareVersions)).toEqual(inOrder);
    expect(compareVersions('1.18', '1.18.0')).toBe(0);
  });
});

test('every name that the catalogue makes follows the rule, and is the newest first', () => {
  for (const board of BOARDS) {
    const images = catalogueOf(board);
    // The newest chips have few releases.
    expect(images.length).toBeGreaterThan(compareVersions(board.since, '1.27') < 0 ? 5 : 0);
    expect(images[0]?.version).toBe('1.29.0');
    for (const image of images) expect(parseImageName(image.file)).toEqual(image);
  }
});

test('the catalogue has names as they are on the site, by today’s rule and the old one', () => {
  const files = BOARDS.flatMap((board) => catalogueOf(board).map(({ file }) => file));
  expect(files).toEqual(
    expect.arrayContaining([
      'ESP8266_GENERIC-20260824-v1.29.0.bin',
      'ESP8266_GENERIC-FLASH_1M-20240222-v1.22.2.bin',
      'ESP32_GENERIC_S3-SPIRAM_OCT-20250911-v1.26.1.bin',
      'ESP32_GENERIC_C6-20241129-v1.24.1.bin',
      'esp8266-1m-20220618-v1.19.1.bin',
      'esp32-20220618-v1.19.1.bin',
    ]),
  );
  expect(files).not.toContain('ESP8266_GENERIC-FLASH_2M_ROMFS-20241025-v1.24.0.bin');
  expect(files).not.toContain('ESP8266_GENERIC-OTA-20260406-v1.28.0.bin');
});

const listed = (board: Board) => ({ images: catalogueOf(board), isFresh: true });

describe('the build for a board', () => {
  const found = { revision: undefined, flashSizeBytes: 4 * MB, hasOctalPsram: false };

  test.each<[string, Partial<FoundChip>, string]>([
    ['ESP8266', {}, 'ESP8266_GENERIC'],
    ['ESP8266', { flashSizeBytes: 16 * MB }, 'ESP8266_GENERIC'],
    ['ESP8266', { flashSizeBytes: MB }, 'ESP8266_GENERIC-FLASH_1M'],
    ['ESP8266', { flashSizeBytes: 0 }, 'ESP8266_GENERIC'],
    ['ESP32', {}, 'ESP32_GENERIC'],
    ['ESP32', { flashSizeBytes: 2 * MB }, 'ESP32_GENERIC-D2WD'],
    ['ESP32-S2', {}, 'ESP32_GENERIC_S2'],
    ['ESP32-S3', {}, 'ESP32_GENERIC_S3'],
    ['ESP32-S3', { hasOctalPsram: true }, 'ESP32_GENERIC_S3-SPIRAM_OCT'],
    ['ESP32-C2', {}, 'ESP32_GENERIC_C2'],
    ['ESP32-C2', { flashSizeBytes: 2 * MB }, 'ESP32_GENERIC_C2-FLASH_2M'],
    ['ESP32-C3', {}, 'ESP32_GENERIC_C3'],
    ['ESP32-C5', {}, 'ESP32_GENERIC_C5'],
    ['ESP32-C6', {}, 'ESP32_GENERIC_C6'],
    ['ESP32-H2', {}, 'ESP32_GENERIC_H2'],
    ['ESP32-P4', { revision: 300 }, 'ESP32_GENERIC_P4'],
    ['ESP32-P4', { revision: 103 }, 'ESP32_GENERIC_P4-PRE_REV3'],
  ])('for an %s with %o is %s', (family, facts, build) => {
    const board = boardForChip(family);
    const variant = variantFor(board, { ...found, family, ...facts });
    const { file } = chooseImage(listed(board), board, variant, 'latest');
    expect(file).toBe(`${build}-20260824-v1.29.0.bin`);
  });

  test('an ESP8266 with 512 KB is refused: it would have no filesystem', () => {
    const family = 'ESP8266';
    expect(() => variantFor(boardForChip(family), { ...found, family, flashSizeBytes: MB / 2 })).toThrow(
      expect.objectContaining({ code: 'firmware-too-large' }),
    );
  });

  test('reports a chip without a build', () => {
    expect(() => boardForChip('ESP32-C61')).toThrow(expect.objectContaining({ code: 'firmware-missing' }));
  });

  test('a version of before 1.21 has its old name, and one that is not there lists those that are', () => {
    const board = boardForChip('ESP8266');
    expect(chooseImage(listed(board), board, 'FLASH_1M', { version: '1.18' }).file).toBe(
      'esp8266-1m-20220117-v1.18.bin',
    );
    expect(() => chooseImage(listed(board), board, undefined, { version: '1.24.9' })).toThrow(
      /1\.24\.1, 1\.24\.0/,
    );
  });

  test('an unknown release is reported as missing in both lists, or the page as unreadable', () => {
    const board = boardForChip('ESP8266');
    const choose = (isFresh: boolean) => () =>
      chooseImage({ images: catalogueOf(board), isFresh }, board, undefined, { version: '1.19' });
    const notListed = 'No release 1.19 of ESP8266_GENERIC was found in the list of this package, ';
    expect(choose(true)).toThrow(`${notListed}nor on the download page.`);
    expect(choose(false)).toThrow(`${notListed}and the download page could not be read.`);
  });

  test('a preview is known from the download page alone, the newest of several', () => {
    const board = boardForChip('ESP8266');
    expect(() => chooseImage(listed(board), board, undefined, 'preview')).toThrow(
      'its download page lists none',
    );
    const page = ['2', '12'].map(
      (build) =>
        `<a href="/resources/firmware/ESP8266_GENERIC-20260901-v1.30.0-preview.${build}.g0a1b2c3d4.bin">x</a>`,
    );
    const images = namesOnPage(page.join('\n'), board);
    expect(chooseImage({ images, isFresh: true }, board, undefined, 'preview').version).toBe(
      '1.30.0-preview.12.g0a1b2c3d4',
    );
  });
});

test('a download page yields the board’s .bin files, each once, and nothing else', () => {
  const page = `
    <a href="/resources/firmware/ESP32_GENERIC-20260824-v1.29.0.bin">v1.29.0 .bin</a>
    <a href="/resources/firmware/ESP32_GENERIC-20260824-v1.29.0.app-bin">v1.29.0 .app-bin</a>
    <a href="/resources/firmware/ESP32_GENERIC-20260824-v1.29.0.elf">.elf</a>
    <a href='https://micropython.org/resources/firmware/ESP32_GENERIC-SPIRAM-20260824-v1.29.0.bin'>again</a>
    <a href="/resources/firmware/ESP32_GENERIC-20260824-v1.29.0.bin">again</a>
    <a href="/resources/firmware/ESP32_GENERIC_S3-20260824-v1.29.0.bin">another board</a>`;
  expect(namesOnPage(page, boardForChip('ESP32')).map(({ file }) => file)).toEqual([
    'ESP32_GENERIC-20260824-v1.29.0.bin',
    'ESP32_GENERIC-SPIRAM-20260824-v1.29.0.bin',
  ]);
});

test.each([
  ['latest', { kind: 'release', release: 'latest' }],
  ['preview', { kind: 'release', release: 'preview' }],
  ['1.29.0', { kind: 'release', release: { version: '1.29.0' } }],
  ['v1.18', { kind: 'release', release: { version: '1.18' } }],
  ['https://example.org/a.bin', { kind: 'url', url: 'https://example.org/a.bin' }],
  ['./latest', { kind: 'file', path: './latest', build: undefined }],
  ['my-1.29.0.bin', { kind: 'file', path: 'my-1.29.0.bin', build: undefined }],
])('--firmware %s', (text, spec) => {
  expect(parseFirmwareSpec(text)).toEqual(spec);
});

test('--firmware with the name of a build may be a file or that build', () => {
  const spec = parseFirmwareSpec('ESP32_GENERIC-SPIRAM-20260824-v1.29.0.bin');
  expect(spec).toMatchObject({ kind: 'file', build: { variant: 'SPIRAM' } });
});
