// What a flash holds, told from the answers of a loader over bytes that are known.

import { describe, expect, test } from 'vitest';
import { inspectFlash, md5 } from '../../../src/esp/flash-contents.js';
import { inspectFirmware } from '../../../src/esp/image/check.js';
import type { FirmwareImage } from '../../../src/esp/image/firmware-image.js';
import { arduinoImage, esp32Image, esp8266Image } from '../../support/images.js';

const FLASH_BYTES = 4 * 1024 * 1024;

/** A flash that holds `parts` at their addresses and is erased everywhere else. */
function flashOf(...parts: readonly (readonly [address: number, bytes: Uint8Array])[]): Buffer {
  const flash = Buffer.alloc(FLASH_BYTES, 0xff);
  for (const [address, bytes] of parts) flash.set(bytes, address);
  return flash;
}

async function contentsOf(flash: Buffer, image: FirmwareImage) {
  const read = async (address: number, sizeBytes: number) => flash.subarray(address, address + sizeBytes);
  const loader = {
    read,
    md5: async (address: number, sizeBytes: number) => md5(await read(address, sizeBytes)),
  };
  return (await inspectFlash(loader, image, () => image.bytes)).contents;
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

describe.each(['ESP32', 'ESP32-S3'] as const)('an %s', (chip) => {
  const bytes = esp32Image(chip);
  const image = inspectFirmware(bytes, 'new.bin');
  const at = (address: number) => address - image.offset;
  const update = esp32Image(chip, { version: '1.23.0' }); // bootloader and partitions are the same
  const otherTable = Buffer.from(bytes);
  otherTable.writeUInt32LE(0x300000, at(0x8000) + 2 * 32 + 4);
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
