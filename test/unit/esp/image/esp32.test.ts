// Files for the ESP32 family that are whole firmware in another form, or something else that looks like it.

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inspectFirmware } from '../../../../src/esp/image/check.js';
import {
  esp32Application,
  esp32Bootloader,
  esp32Image,
  esp32Part,
  PARTITIONS_WITHOUT_FILES,
} from '../../../support/images.js';

const MB = 1024 * 1024;
const erased = (sizeBytes: number) => Buffer.alloc(sizeBytes, 0xff);
/** A page with a signature, as espsecure.py appends it. */
const signature = Buffer.concat([Buffer.from([0xe7, 2, 0, 0]), Buffer.alloc(0x1000 - 4, 0x3c)]);
const padded = (bytes: Buffer, unit: number) =>
  Buffer.concat([bytes, erased((unit - (bytes.length % unit)) % unit)]);
const release = esp32Image('ESP32', { version: '1.27.0', rows: PARTITIONS_WITHOUT_FILES });

describe('takes', () => {
  test.each([
    ['an image that was merged for address 0', Buffer.concat([erased(0x1000), release])],
    ['a merged image that fills the flash', padded(Buffer.concat([erased(0x1000), release]), 4 * MB)],
    ['an image packed with gzip', gzipSync(release)],
    ['an image with erased bytes behind it', padded(release, 0x10000)],
  ])('%s, and writes the firmware alone', (_what, file) => {
    const image = inspectFirmware(file, 'x.bin');
    expect(image).toMatchObject({ chip: 'ESP32', offset: 0x1000, version: '1.27.0', isMicroPython: true });
    expect(Buffer.from(image.bytes).equals(release)).toBe(true);
  });

  test.each([
    ['ESP32-S3', 0x1000, '0x0'],
    ['ESP32-C5', 0x1000, '0x2000'],
    ['ESP32', 0x2000, '0x1000'],
  ] as const)('no image for an %s that was merged at 0x%x', (chip, at, right) => {
    const merged = Buffer.concat([erased(at), esp32Image(chip)]);
    expect(() => inspectFirmware(merged, 'x.bin')).toThrow(
      `x.bin begins at 0x${at.toString(16)}, but an ${chip} starts from ${right}.`,
    );
  });

  test('an image whose parts have no SHA-256, to its last byte', () => {
    const file = esp32Image('ESP32', { hasHash: false });
    expect(inspectFirmware(file, 'x.bin').bytes).toHaveLength(file.length);
    file[file.length - 2] = (file.at(-2) ?? 0) ^ 1;
    expect(inspectFirmware(file, 'x.bin').chip).toBe('ESP32'); // filling that nothing covers
    file[0xf000 + 100] = (file[0xf000 + 100] ?? 0) ^ 1;
    expect(() => inspectFirmware(file, 'x.bin')).toThrow('checksum of its application');
  });

  test('an image whose application and bootloader are signed', () => {
    const signed = Buffer.concat([padded(release, 0x1000), signature]);
    signature.copy(signed, 0x1000);
    expect(inspectFirmware(signed, 'x.bin').bytes).toHaveLength(signed.length);
  });

  test('an image that was merged with settings, and names their partition', () => {
    const file = Buffer.from(release);
    file.write('ssid', 0x9000 - 0x1000 + 64, 'latin1');
    expect(inspectFirmware(file, 'x.bin').filledPartitions).toEqual(['nvs']);
    expect(inspectFirmware(release, 'x.bin').filledPartitions).toEqual([]);
  });
});

describe('names and refuses', () => {
  const application = esp32Application();
  const oldData = Buffer.alloc(100);
  oldData.write('v1.9.4 on 2018-05-11', 20, 'latin1'); // and no description, as before ESP-IDF 3.3
  const withOldBuild = esp32Part(0x3f400020, oldData);

  test.each([
    [
      'a signed application alone',
      Buffer.concat([padded(application, 0x1000), signature]),
      'application without a bootloader',
    ],
    ['a padded application alone', padded(application, 0x10000), 'application without a bootloader'],
    ['half an application', application.subarray(0, 300), 'application without a bootloader'],
    ['an application of an old build alone', withOldBuild, 'application without a bootloader'],
    ['a bootloader alone', esp32Bootloader(), 'only a bootloader for the ESP32'],
    ['a padded bootloader alone', padded(esp32Bootloader(), 0x7000), 'only a bootloader for the ESP32'],
    [
      'an image for an S3 at the place of an ESP32',
      Buffer.concat([erased(0x1000), esp32Image('ESP32-S3')]),
      '0x1000',
    ],
  ])('%s', (_what, file, message) => {
    expect(() => inspectFirmware(file, 'x.bin')).toThrow(
      expect.objectContaining({ code: 'firmware-invalid', message: expect.stringMatching(message) }),
    );
  });

  test('what fills more than any flash when decompressed: it is not called damaged', () => {
    const packed = gzipSync(Buffer.alloc(33 * 1024 * 1024));
    expect(() => inspectFirmware(packed, 'x.bin.gz')).toThrow(
      expect.objectContaining({
        code: 'firmware-invalid',
        message: expect.stringContaining('more than 32 MB'),
      }),
    );
  });

  test('what is damaged inside gzip', () => {
    const packed = gzipSync(release).subarray(0, -20);
    expect(() => inspectFirmware(packed, 'x.bin.gz')).toThrow('gzip file that cannot be decompressed');
  });

  test.each([
    ['bootloader and partition table', 0x6000],
    ['partition table and application', 0x7c10],
  ])('a byte between %s that is not erased', (between, at) => {
    const file = Buffer.from(release);
    file[at] = 0x7f;
    expect(() => inspectFirmware(file, 'x.bin')).toThrow(
      expect.objectContaining({
        code: 'firmware-damaged',
        message: expect.stringContaining(`between ${between}, byte 0x${at.toString(16)}`),
      }),
    );
  });
});

describe('a program that is not MicroPython', () => {
  const file = esp32Image('ESP32', { project: 'arduino-lib-builder' });

  test('is refused, with the option that takes it', () => {
    expect(() => inspectFirmware(file, 'x.bin')).toThrow(
      expect.objectContaining({
        code: 'firmware-invalid',
        message: expect.stringContaining('for an ESP32, but not MicroPython'),
        next: expect.stringContaining('--any-firmware'),
      }),
    );
    expect(inspectFirmware(file, 'x.bin', { anyFirmware: true })).toMatchObject({
      isMicroPython: false,
      version: undefined,
    });
  });

  test('is refused although it is CircuitPython, with a version and a date', () => {
    const data = Buffer.alloc(500);
    data.write('Adafruit CircuitPython v9.2.0 on 2024-11-01; micropython', 300, 'latin1');
    const image = Buffer.concat([file.subarray(0, 0xf000), esp32Part(0x3f400020, data)]);
    expect(() => inspectFirmware(image, 'x.bin')).toThrow('not MicroPython');
  });

  test('is still refused with --any-firmware when it is damaged', () => {
    const damaged = Buffer.from(file);
    damaged[0xf000 + 300] = 1;
    expect(() => inspectFirmware(damaged, 'x.bin', { anyFirmware: true })).toThrow('checksum');
  });
});

test.each([
  ['bootloader and application', { revisions: [3, 199] as const }, { min: 3, max: 199 }],
  ['no limit', { revisions: [0, 0xffff] as const }, { min: 0, max: Number.POSITIVE_INFINITY }],
  ['nothing', {}, { min: 0, max: Number.POSITIVE_INFINITY }],
])('reads the chip revisions that %s require', (_what, options, revisions) => {
  expect(inspectFirmware(esp32Image('ESP32-C3', options), 'x.bin').revisions).toEqual(revisions);
});

test.each([
  ['ESP32', 3, 300],
  ['ESP32-C3', 3, 3],
] as const)('reads the single number of an old image for an %s', (chip, number, min) => {
  const file = esp32Image(chip, { hasHash: false });
  file[14] = number;
  expect(inspectFirmware(file, 'x.bin').revisions.min).toBe(min);
});

test('an application that its partition has no room for is named with both sizes', () => {
  const rows = [[0, 0, 0x10000, 0x200, 'factory'] as const];
  expect(() => inspectFirmware(esp32Image('ESP32', { rows }), 'x.bin')).toThrow(
    /application of \d+ bytes in a partition of 512 bytes/,
  );
});

test('an application for another chip than the bootloader is named with both chips', () => {
  const front = esp32Image('ESP32-C3').subarray(0, 0x10000);
  const mixed = Buffer.concat([front, esp32Application({ chipId: 9 })]);
  expect(() => inspectFirmware(mixed, 'x.bin')).toThrow(
    'a bootloader for the ESP32-C3 and an application for the ESP32-S3',
  );
});

test('an image that no revision of the chip can run is refused before a board is asked', () => {
  expect(() => inspectFirmware(esp32Image('ESP32-C3', { revisions: [300, 199] }), 'x.bin')).toThrow(
    expect.objectContaining({
      code: 'firmware-invalid',
      message: expect.stringContaining('revision v3.0 and later, and for v1.99 and earlier'),
    }),
  );
});
