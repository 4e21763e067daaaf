// Where files are: in flashes put together by layout, and in images.
import { describe, expect, test } from 'vitest';
import { inspectFirmware } from '../../../src/esp/image/check.js';
import { writeLittleFs } from '../../../src/filesystem/littlefs/writer.js';
import {
  checkFilesystem,
  filesystemOfImage,
  locateFilesystem,
  type ReadableFlash,
} from '../../../src/filesystem/location.js';
import {
  esp8266Image,
  PARTITIONS_WITH_FILES,
  PARTITIONS_WITHOUT_FILES,
  partitionTable,
} from '../../support/images.js';
import { seededBytes } from '../../support/random.js';

const MB = 1024 * 1024;

function flashOf(
  chip: ReadableFlash['chip'],
  sizeBytes: number,
  parts: readonly (readonly [address: number, bytes: Uint8Array])[],
) {
  const bytes = Buffer.alloc(sizeBytes, 0xff);
  for (const [address, part] of parts) bytes.set(part, address);
  return { chip, sizeBytes, read: (at: number, length: number) => bytes.subarray(at, at + length) };
}

/** A header that names 4 MB. */
const HEADER_4M = Buffer.from([0xe9, 1, 0, 0x40]);
const empty = (blockCount: number) => writeLittleFs([], { blockCount });

describe('on an ESP8266', () => {
  test.each([
    ['a build for 2 MB and more', 0x100000, 4 * MB],
    ['the build for 1 MB on a larger flash', 0x99000, 4 * MB],
  ])('%s', async (_what, address, size) => {
    const sizeBytes = size - 20480 - address;
    const flash = flashOf('ESP8266', size, [
      [0, HEADER_4M],
      [address, empty(sizeBytes / 4096)],
    ]);
    expect(await locateFilesystem(flash)).toEqual({ address, sizeBytes });
  });

  test('ends where the size in the header says, not the flash', async () => {
    const blocks = (1 * MB - 20480 - 0x99000) / 4096;
    const flash = flashOf('ESP8266', 4 * MB, [
      [0, Buffer.from([0xe9, 1, 0, 0x20])],
      [0x99000, empty(blocks)],
    ]);
    expect(await locateFilesystem(flash)).toEqual({ address: 0x99000, sizeBytes: blocks * 4096 });
  });

  test('MicroPython 1.12 has FAT, which is named', async () => {
    const fat = Buffer.alloc(512);
    fat.set([0x55, 0xaa], 510);
    const flash = flashOf('ESP8266', 4 * MB, [
      [0, HEADER_4M],
      [0x91000, fat],
    ]);
    const range = await locateFilesystem(flash);
    expect(range.address).toBe(0x91000);
    expect(() => checkFilesystem(flash.read(range.address, 8192), range)).toThrow(
      expect.objectContaining({ kind: 'fat' }),
    );
  });

  test.each([
    ['no-firmware', [] as const],
    ['unknown-layout', [[0, HEADER_4M]] as const],
    [
      'unknown-layout',
      [
        [0, HEADER_4M],
        [0x100000, empty(5)],
      ] as const,
    ],
    ['no-room', [[0, Buffer.from([0xe9, 1, 0, 0])]] as const],
  ])('is refused: %s', async (kind, parts) => {
    await expect(locateFilesystem(flashOf('ESP8266', 4 * MB, parts))).rejects.toMatchObject({ kind });
  });
});

const WITH_FILES = partitionTable(PARTITIONS_WITH_FILES);
const WITHOUT_FILES = partitionTable(PARTITIONS_WITHOUT_FILES);

describe('on an ESP32', () => {
  test.each([
    ['the row vfs', WITH_FILES, 8 * MB, { address: 0x200000, sizeBytes: 0x200000 }],
    ['the rest of the flash', WITHOUT_FILES, 8 * MB, { address: 0x200000, sizeBytes: 6 * MB }],
  ])('%s', async (_what, table, size, range) => {
    expect(await locateFilesystem(flashOf('ESP32', size, [[0x8000, table]]))).toEqual(range);
  });

  test.each([
    ['no-table', Buffer.of()],
    ['no-table', Buffer.from(seededBytes(1, 0xc00))],
    ['damaged-table', Buffer.from(WITHOUT_FILES).fill(7, 12, 14)],
    [
      'no-room',
      partitionTable([
        [0, 0, 0x10000, 0x1f0000, 'factory'],
        [1, 0x81, 0x200000, 0x800000, 'vfs'],
      ]),
    ],
  ])('is refused: %s', async (kind, table) => {
    await expect(locateFilesystem(flashOf('ESP32', 4 * MB, [[0x8000, table]]))).rejects.toMatchObject({
      kind,
    });
  });
});

describe('what a firmware would not mount is named:', () => {
  const range = { address: 0x200000, sizeBytes: 64 * 4096 };
  const damaged = Buffer.from(empty(64)).fill(0, 20, 24);
  test.each([
    ['erased', new Uint8Array(8192).fill(0xff)],
    ['other-size', empty(65)],
    ['damaged', damaged],
    ['not-littlefs', seededBytes(1, 8192)],
  ])('%s', (kind, pair) => {
    expect(() => checkFilesystem(pair, range)).toThrow(expect.objectContaining({ kind }));
  });

  test('nothing is wrong with its own', () => {
    expect(() => checkFilesystem(empty(64), range)).not.toThrow();
  });
});

describe('of an image for an ESP8266', () => {
  const withText = (text: string, version = '1.27.0') =>
    inspectFirmware(esp8266Image(5000, version, Buffer.from(text, 'latin1')), 'image');
  test.each([
    ['\0ESP8266_GENERIC\0', '1.27.0', 0x100000],
    ['ESP module with ESP8266', '1.18', 0x100000],
    ['\0ESP8266_GENERIC-FLASH_2M_ROMFS\0', '1.27.0', 0x100000],
    ['\0ESP8266_GENERIC-FLASH_1M\0', '1.27.0', 0x99000],
    ['ESP module (1M) with ESP8266', '1.23.0', 0x99000],
  ])('%j of %s', (text, version, address) => {
    const image = withText(text, version);
    expect(filesystemOfImage(image, 4 * MB)).toEqual({ address, sizeBytes: 4 * MB - 20480 - address });
  });

  test.each([
    ['nothing names the build', 'x', '1.27.0', 4 * MB],
    ['1.12 has FAT', 'ESP module with ESP8266', '1.12', 4 * MB],
    ['another build', '\0ESP8266_GENERIC-OTA\0', '1.27.0', 4 * MB],
    ['the flash is too small for it', '\0ESP8266_GENERIC\0', '1.27.0', 1 * MB],
  ])('is unknown: %s', (_why, text, version, size) => {
    expect(filesystemOfImage(withText(text, version), size)).toBeUndefined();
  });
});
