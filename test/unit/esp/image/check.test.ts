import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inspectFirmware } from '../../../../src/esp/image/check.js';
import { forBoard, usualHeaderSize } from '../../../../src/esp/image/header.js';
import {
  arduinoImage,
  esp32Application,
  esp32Image,
  esp8266Image,
  esp8266ReleaseImage,
  PARTITIONS_WITH_FILES,
  partitionTable,
} from '../../../support/images.js';

const MB = 1024 * 1024;

const refusing = (code: string) => expect.objectContaining({ code });

test('reads chip, offset, version and flash mode of an ESP8266 image', () => {
  expect(inspectFirmware(esp8266Image(), 'x.bin')).toMatchObject({
    chip: 'ESP8266',
    offset: 0,
    version: '1.27.0',
    flashMode: 'qio',
  });
});

test.each([
  ['ESP32', 0x1000],
  ['ESP32-S2', 0x1000],
  ['ESP32-S3', 0],
  ['ESP32-C3', 0],
  ['ESP32-C6', 0],
] as const)(
  'an %s image tells its chip, its place, its version and the flash that it needs',
  (chip, offset) => {
    expect(inspectFirmware(esp32Image(chip), 'x.bin')).toMatchObject({
      chip,
      offset,
      version: '1.24.0',
      flashMode: 'dio',
      neededFlashBytes: 4 * MB,
    });
  },
);

test.each([
  '1.30.0-preview.12.g0123abcde',
  '1.9.4-8-ga9a3caad0',
  '1.18-127-gf46a7140f-dirty',
  '1.8.7-7-gb5a1a20a3',
  '1.22.0-my_board+2',
])('the version %s is read whole', (version) => {
  expect(inspectFirmware(esp8266Image(5000, version), 'x.bin').version).toBe(version);
  expect(inspectFirmware(esp32Image('ESP32', { version }), 'x.bin').version).toBe(version);
});

test('the version behind the name counts, not one of a library', () => {
  const code = Buffer.from('v9.9.9 on 2020-01-01\0');
  expect(inspectFirmware(esp8266Image(5000, '1.27.0', code), 'x.bin').version).toBe('1.27.0');
});

test('a build without a version is MicroPython by its own name for itself', () => {
  const code = Buffer.concat([Buffer.alloc(200), Buffer.from('MicroPython a9a3caad0 on 2018-05-11\0')]);
  const image = esp8266Image(5000, 'custom', code);
  expect(inspectFirmware(image, 'x.bin')).toMatchObject({ isMicroPython: true, version: undefined });
});

describe('an ESP8266 image with something behind its MD5', () => {
  const image = esp8266Image();

  test.each([
    ['erased bytes', Buffer.alloc(5000, 0xff)],
    ['zeros', Buffer.alloc(77)],
    ['anything else', Buffer.alloc(5000, 0x31)],
  ])('is taken without these %s', (_what, tail) => {
    const inspected = inspectFirmware(Buffer.concat([image, tail]), 'x.bin');
    expect(Buffer.from(inspected.bytes).equals(image)).toBe(true);
  });
});

describe('an ESP8266 image from before there was an MD5', () => {
  const old = esp8266Image(5000, '1.8.2').subarray(0, -16);
  old.fill(0xff, 0x8ffc, 0x9000);

  test('is called too old to be checked, with what to do', () => {
    expect(() => inspectFirmware(old, 'x.bin')).toThrow(
      expect.objectContaining({
        code: 'firmware-invalid',
        message: expect.stringContaining('MicroPython 1.8.2 for an ESP8266, too old to be checked'),
        next: expect.stringContaining('--any-firmware'),
      }),
    );
  });

  test('is not what a later image is that lost its length', () => {
    const later = esp8266Image(5000, '1.27.0');
    later.fill(0xff, 0x8ffc, 0x9000);
    expect(() => inspectFirmware(later, 'x.bin')).toThrow(refusing('firmware-damaged'));
  });

  test('is accepted unchecked on request', () => {
    expect(inspectFirmware(old, 'x.bin', { anyFirmware: true })).toMatchObject({
      version: '1.8.2',
      bytes: old,
    });
  });
});

test("Arduino's program is accepted with --any-firmware, unless it is damaged", () => {
  const image = arduinoImage();
  expect(inspectFirmware(image, 'x.bin', { anyFirmware: true })).toMatchObject({ isMicroPython: false });
  image[100] = 2;
  expect(() => inspectFirmware(image, 'x.bin', { anyFirmware: true })).toThrow(refusing('firmware-invalid'));
});

describe('what is no MicroPython is invalid, not damaged:', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'is empty'],
    ['a web page', Buffer.from('<!doctype html><title>404</title>'), 'is a web page'],
    [
      'a UF2 file',
      Buffer.concat([Buffer.from('UF2\nWQ]\x9e', 'latin1'), Buffer.alloc(504)]),
      'is a UF2 file',
    ],
    ['a partition table', partitionTable(PARTITIONS_WITH_FILES), 'is only a partition table'],
    ['erased flash', Buffer.alloc(0x3000, 0xff), 'begins with erased flash'],
    ['only a header', Buffer.from('e900', 'hex'), 'ends after 2 bytes'],
    ['other bytes', Buffer.from('0123456789abcdef'.repeat(4), 'hex'), 'starts with 01234567, not e9'],
    ["Arduino's eboot and a program", arduinoImage(), 'not MicroPython'],
    ['an application without its bootloader', esp32Application(), 'application without a bootloader'],
    ['an image for an unknown chip', esp32Application({ chipId: 99 }), 'chip id 99'],
  ])('%s', (_what, bytes, message) => {
    expect(() => inspectFirmware(bytes, 'x.bin')).toThrow(refusing('firmware-invalid'));
    expect(() => inspectFirmware(bytes, 'x.bin')).toThrow(message);
  });
});

test('an ESP8266 image cut short anywhere is damaged, and the message has the missing size', () => {
  const image = esp8266Image();
  for (const length of [0x100, 0x2000, 0x9000, image.length - 17, image.length - 1]) {
    expect(() => inspectFirmware(image.subarray(0, length), 'x.bin'), String(length)).toThrow(
      refusing('firmware-damaged'),
    );
  }
  expect(() => inspectFirmware(image.subarray(0, -1), 'x.bin')).toThrow(
    `${image.length - 1} bytes of ${image.length}`,
  );
});

test.each(['ESP32', 'ESP32-C3'] as const)('an %s image cut short anywhere is damaged', (chip) => {
  const image = esp32Image(chip);
  for (const length of [0x100, image.length - 0x100, image.length - 33, image.length - 1]) {
    expect(() => inspectFirmware(image.subarray(0, length), 'x.bin'), String(length)).toThrow(
      refusing('firmware-damaged'),
    );
  }
});

test('one altered bit is found in the code of an ESP8266, and in the bootloader and application of an ESP32', () => {
  for (const [image, at] of [
    [esp8266Image(), 0x9800],
    [esp32Image(), 100],
    [esp32Image(), 0xf000 + 100],
  ] as const) {
    image[at] = (image[at] ?? 0) ^ 1;
    expect(() => inspectFirmware(image, 'x.bin'), String(at)).toThrow(refusing('firmware-damaged'));
  }
});

test('the flash size goes into the high nibble of byte 3 of an ESP8266 image, which stays valid', () => {
  const image = inspectFirmware(esp8266Image(), 'x.bin');
  for (const [size, nibble] of [
    [512 * 1024, 0],
    [MB, 2],
    [2 * MB, 3],
    [4 * MB, 4],
    [8 * MB, 8],
    [16 * MB, 9],
  ] as const) {
    const patched = forBoard(image, { flashSizeBytes: size });
    expect(patched[3]).toBe((nibble << 4) | ((image.bytes[3] ?? 0) & 15));
    expect(inspectFirmware(patched, 'x.bin').chip).toBe('ESP8266');
  }
});

test('the flash size goes into an ESP32 image when it is given, whose bootloader stays valid', () => {
  const image = inspectFirmware(esp32Image(), 'x.bin');
  const patched = forBoard(image, { flashSizeBytes: 16 * MB });
  expect(patched[3]).toBe(0x40);
  expect(inspectFirmware(patched, 'x.bin').chip).toBe('ESP32');
});

test.each([
  ['ESP8266', 16 * MB, 4 * MB],
  ['ESP8266', 8 * MB, 4 * MB],
  ['ESP8266', 4 * MB, 4 * MB],
  ['ESP8266', MB, MB],
  ['ESP8266', 0, undefined],
  ['ESP32', 16 * MB, undefined],
] as const)("an %s with %i bytes of flash gets %s in its image's header", (chip, flashBytes, headerBytes) => {
  expect(usualHeaderSize(chip, flashBytes)).toBe(headerBytes);
});

test('an image whose settings are not given is left as it is', () => {
  const esp8266 = inspectFirmware(esp8266Image(), 'x.bin');
  const esp32 = inspectFirmware(esp32Image(), 'x.bin');
  expect(forBoard(esp8266, {})).toBe(esp8266.bytes);
  expect(forBoard(esp32, {})).toBe(esp32.bytes);
});

test('another flash mode leaves an image valid, the SHA-256 of an ESP32 bootloader included', () => {
  for (const bytes of [esp8266Image(), esp32Image(), esp32Image('ESP32-S3')]) {
    const patched = forBoard(inspectFirmware(bytes, 'x.bin'), { flashMode: 'dout' });
    expect(inspectFirmware(patched, 'x.bin').flashMode).toBe('dout');
  }
  const bootloader = forBoard(inspectFirmware(esp32Image(), 'x.bin'), { flashMode: 'dout' }).subarray(
    0,
    24 + 8 + 300 + 4,
  );
  const stored = forBoard(inspectFirmware(esp32Image(), 'x.bin'), { flashMode: 'dout' }).subarray(336, 368);
  expect(createHash('sha256').update(bootloader).digest().equals(stored)).toBe(true);
});

test('the generated release image is as large and as compressible as a real one', () => {
  const image = esp8266ReleaseImage();
  expect(image).toHaveLength(620_000);
  const ratio = deflateSync(image, { level: 9 }).length / image.length;
  expect(ratio).toBeGreaterThan(0.64);
  expect(ratio).toBeLessThan(0.7);
});
