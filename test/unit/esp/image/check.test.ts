import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inspectFirmware } from '../../../../src/esp/image/check.js';
import { forBoard } from '../../../../src/esp/image/header.js';
import {
  arduinoImage,
  esp32Application,
  esp32Image,
  esp8266Image,
  esp8266ReleaseImage,
} from '../../../support/images.js';

const MB = 1024 * 1024;

const refusing = (code: string) => expect.objectContaining({ code });

test('an ESP8266 image tells its chip, its place, its version and its flash mode', () => {
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

test('the version of a preview build is told whole', () => {
  const image = inspectFirmware(esp8266Image(5000, '1.30.0-preview.12.g0123abcde'), 'x.bin');
  expect(image.version).toBe('1.30.0-preview.12.g0123abcde');
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
    ['only a header', Buffer.from('e900', 'hex'), 'ends after 2 bytes'],
    ['other bytes', Buffer.from('0123456789abcdef'.repeat(4), 'hex'), 'starts with 01234567, not e9'],
    ["Arduino's eboot and a program", arduinoImage(), 'not MicroPython'],
    ['an application without its bootloader', esp32Application(), 'application alone'],
    ['an image for an unknown chip', esp32Application(99), 'number 99'],
  ])('%s', (_what, bytes, message) => {
    expect(() => inspectFirmware(bytes, 'x.bin')).toThrow(refusing('firmware-invalid'));
    expect(() => inspectFirmware(bytes, 'x.bin')).toThrow(message);
  });
});

test('an ESP8266 image cut short anywhere is damaged, and the message tells how much is missing', () => {
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
    const patched = forBoard(image, size);
    expect(patched[3]).toBe((nibble << 4) | ((image.bytes[3] ?? 0) & 15));
    expect(inspectFirmware(patched, 'x.bin').chip).toBe('ESP8266');
  }
});

test('an image for a flash of unknown size, or for an ESP32, is left as it is', () => {
  const esp8266 = inspectFirmware(esp8266Image(), 'x.bin');
  const esp32 = inspectFirmware(esp32Image(), 'x.bin');
  expect(forBoard(esp8266, 0)).toBe(esp8266.bytes);
  expect(forBoard(esp32, 4 * MB)).toBe(esp32.bytes);
});

test('another flash mode leaves an image valid, the SHA-256 of an ESP32 bootloader included', () => {
  for (const bytes of [esp8266Image(), esp32Image(), esp32Image('ESP32-S3')]) {
    const patched = forBoard(inspectFirmware(bytes, 'x.bin'), 4 * MB, 'dout');
    expect(inspectFirmware(patched, 'x.bin').flashMode).toBe('dout');
  }
  const bootloader = forBoard(inspectFirmware(esp32Image(), 'x.bin'), 4 * MB, 'dout').subarray(
    0,
    24 + 8 + 300 + 4,
  );
  const stored = forBoard(inspectFirmware(esp32Image(), 'x.bin'), 4 * MB, 'dout').subarray(336, 368);
  expect(createHash('sha256').update(bootloader).digest().equals(stored)).toBe(true);
});

test('the image that stands for a release is as large and as compressible as one', () => {
  const image = esp8266ReleaseImage();
  expect(image).toHaveLength(620_000);
  const ratio = deflateSync(image, { level: 9 }).length / image.length;
  expect(ratio).toBeGreaterThan(0.64);
  expect(ratio).toBeLessThan(0.7);
});
