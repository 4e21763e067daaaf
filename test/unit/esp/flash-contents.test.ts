// What a flash holds, told from the answers of a loader over bytes that are known.

import { describe, expect, test } from 'vitest';
import { inspectFlash, md5, type PlannedWrite } from '../../../src/esp/flash-contents.js';
import { inspectFirmware } from '../../../src/esp/image/check.js';
import type { FirmwareImage } from '../../../src/esp/image/firmware-image.js';
import {
  arduinoImage,
  esp32Image,
  esp8266Image,
  PARTITIONS_WITH_FILES,
  PARTITIONS_WITHOUT_FILES,
} from '../../support/images.js';

const FLASH_BYTES = 4 * 1024 * 1024;

/** A flash that holds `parts` at their addresses and is erased everywhere else. */
function flashOf(...parts: readonly (readonly [address: number, bytes: Uint8Array])[]): Buffer {
  const flash = Buffer.alloc(FLASH_BYTES, 0xff);
  for (const [address, bytes] of parts) flash.set(bytes, address);
  return flash;
}

async function inspect(flash: Buffer, write: Pick<PlannedWrite, 'image'> & Partial<PlannedWrite>) {
  const read = async (address: number, sizeBytes: number) => flash.subarray(address, address + sizeBytes);
  const loader = {
    read,
    md5: async (address: number, sizeBytes: number) => md5(await read(address, sizeBytes)),
  };
  return inspectFlash(loader, { settings: {}, flashSizeBytes: FLASH_BYTES, ...write });
}

async function contentsOf(flash: Buffer, image: FirmwareImage, flashSizeBytes = FLASH_BYTES) {
  return (await inspect(flash, { image, flashSizeBytes })).contents;
}

describe('an ESP8266', () => {
  const bytes = esp8266Image(20_000);
  const image = inspectFirmware(bytes, 'new.bin');
  const older = esp8266Image(9000, '1.23.0');
  older[4] = (older[4] ?? 0) ^ 1; // another entry point, which the MD5 covers
  const oldDigest = Buffer.from(md5(older.subarray(4, -16)), 'hex');
  older.set(oldDigest, older.length - 16);

  test.each([
    ['nothing', flashOf(), 'blank'],
    ['this very image', flashOf([0, bytes]), 'same'],
    ['its first half', flashOf([0, bytes.subarray(0, 0x5000)]), 'blank'],
    ['another release, nothing behind it', flashOf([0, older]), 'micropython'],
    ['another release, files where this one ends', flashOf([0, older], [0xd000, bytes]), 'other-layout'],
    ["Arduino's program", flashOf([0, arduinoImage()]), 'other'],
  ])('with %s', async (_what, flash, contents) => {
    expect(await contentsOf(flash, image)).toBe(contents);
  });
});

describe('an ESP8266 with another size in its header than planned', () => {
  const MB = 1024 * 1024;
  const image = inspectFirmware(esp8266Image(20_000), 'new.bin');
  const onBoard = (bytes: Buffer, nibble: number) => {
    const copy = Buffer.from(bytes);
    copy[3] = nibble << 4;
    return flashOf([0, copy]);
  };
  const older = esp8266Image(20_000, '1.23.0');
  const settings = { flashSizeBytes: 4 * MB };
  const planned = { image, settings, flashSizeBytes: 16 * MB, keepableSizeBytes: 16 * MB };

  test.each([
    ['another release for 4 MB', onBoard(older, 4), 'micropython', 4],
    ['another release for the whole 16 MB', onBoard(older, 9), 'micropython', 16],
    ['another release for 1 MB', onBoard(older, 2), 'other-layout', 4],
    ['this release for the whole 16 MB', onBoard(Buffer.from(image.bytes), 9), 'same', 16],
  ])('with %s', async (_what, flash, contents, megabytes) => {
    expect(await inspect(flash, planned)).toMatchObject({
      contents,
      settings: { flashSizeBytes: megabytes * MB },
    });
  });

  test('is not kept when a size is requested', async () => {
    const asked = { ...planned, keepableSizeBytes: undefined };
    expect((await inspect(onBoard(older, 9), asked)).contents).toBe('other-layout');
  });
});

describe.each(['ESP32', 'ESP32-C3'] as const)('an update of an %s across the change of 1.26', (chip) => {
  const MB = 1024 * 1024;
  const old = esp32Image(chip, { version: '1.25.0', rows: PARTITIONS_WITH_FILES });
  const next = esp32Image(chip, { version: '1.26.0', rows: PARTITIONS_WITHOUT_FILES });
  const foreign = esp32Image(chip, { project: 'hello', rows: PARTITIONS_WITHOUT_FILES });
  const larger = esp32Image(chip, {
    rows: [...PARTITIONS_WITHOUT_FILES.slice(0, 2), [0, 0, 0x10000, 0x2f0000, 'factory']],
  });

  test.each([
    ['from 1.25 to 1.26 on 4 MB', old, next, 4, 'micropython'],
    ['from 1.25 to 1.26 on 8 MB', old, next, 8, 'other-layout'],
    ['from 1.26 back to 1.25 on 4 MB', next, old, 4, 'micropython'],
    ['from 1.26 back to 1.25 on 16 MB', next, old, 16, 'other-layout'],
    ['to one whose application takes more room', next, larger, 4, 'other-layout'],
    ['from another program with the same free space', foreign, old, 4, 'other-layout'],
    ['from 1.25 to 1.26 on a flash of unknown size', old, next, 0, 'other-layout'],
  ])('%s', async (_what, before, after, megabytes, contents) => {
    const image = inspectFirmware(after, 'new.bin');
    const size = megabytes * MB;
    expect(await contentsOf(flashOf([image.offset, before]), image, size)).toBe(contents);
  });
});

describe.each(['ESP32', 'ESP32-S3'] as const)('an %s', (chip) => {
  const bytes = esp32Image(chip);
  const image = inspectFirmware(bytes, 'new.bin');
  const at = (address: number) => address - image.offset;
  const update = esp32Image(chip, { version: '1.23.0' }); // bootloader and partitions are the same
  const otherTable = esp32Image(chip, {
    rows: [...PARTITIONS_WITH_FILES.slice(0, 3), [1, 0x81, 0x300000, 0x100000, 'vfs']],
  });
  const remains = Buffer.alloc(0x20000, 0x55);
  const upTo = (address: number) => bytes.subarray(0, at(address));

  test.each([
    ['nothing', flashOf(), 'blank'],
    ['this very image', flashOf([image.offset, bytes]), 'same'],
    ['its beginning alone', flashOf([image.offset, upTo(0x4000)]), 'blank'],
    ['its beginning, cut short in the partition table', flashOf([image.offset, upTo(0x8024)]), 'blank'],
    ['its beginning as far as the partition table', flashOf([image.offset, upTo(0x9000)]), 'micropython'],
    ['another release', flashOf([image.offset, update]), 'micropython'],
    ['the same bootloader and other partitions', flashOf([image.offset, otherTable]), 'other-layout'],
    [
      'the same bootloader and remains of something else',
      flashOf([image.offset, upTo(0x4000)], [0x8000, remains]),
      'other',
    ],
    ['remains of something else behind an erased bootloader', flashOf([0x8000, remains]), 'other'],
    ['something else', flashOf([image.offset, remains]), 'other'],
  ])('with %s', async (_what, flash, contents) => {
    expect(await contentsOf(flash, image)).toBe(contents);
  });
});
