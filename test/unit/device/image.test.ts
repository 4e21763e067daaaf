import { expect, test } from 'vitest';
import { inspectFirmware, withFlashSize } from '../../../src/device/image.js';
import { esp32Image, esp8266Image } from '../../support/images.js';

const MB = 1024 * 1024;

test('an ESP8266 image tells its chip, its place and its version', () => {
  expect(inspectFirmware(esp8266Image(), 'x.bin')).toMatchObject({
    chip: 'ESP8266',
    offset: 0,
    version: '1.27.0',
  });
});

test('an ESP32 image tells its chip, its place and its version', () => {
  expect(inspectFirmware(esp32Image(), 'x.bin')).toMatchObject({
    chip: 'ESP32',
    offset: 0x1000,
    version: '1.24.0',
  });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('<!doctype html><title>404</title>')],
  ['only a header', Buffer.from('e900', 'hex')],
])('%s is no firmware', (_what, bytes) => {
  expect(() => inspectFirmware(bytes, 'x.bin')).toThrow(
    expect.objectContaining({ code: 'firmware-invalid' }),
  );
});

test('an image cut short anywhere is damaged, and the message tells how much is missing', () => {
  const image = esp8266Image();
  for (const length of [0x2000, 0x9000, image.length - 17, image.length - 1]) {
    expect(() => inspectFirmware(image.subarray(0, length), 'x.bin'), String(length)).toThrow(
      expect.objectContaining({ code: 'firmware-damaged' }),
    );
  }
  expect(() => inspectFirmware(image.subarray(0, -1), 'x.bin')).toThrow(
    `${image.length - 1} bytes of ${image.length}`,
  );
});

test('one altered bit is found, in an ESP8266 image and in an ESP32 application', () => {
  for (const [image, at] of [
    [esp8266Image(), 0x9800],
    [esp32Image(), 0xf000 + 100],
  ] as const) {
    image[at] = (image[at] ?? 0) ^ 1;
    expect(() => inspectFirmware(image, 'x.bin')).toThrow(
      expect.objectContaining({ code: 'firmware-damaged' }),
    );
  }
});

test('an ESP32 image cut short is damaged', () => {
  expect(() => inspectFirmware(esp32Image().subarray(0, 0xf080), 'x.bin')).toThrow(
    expect.objectContaining({ code: 'firmware-damaged' }),
  );
});

test('the flash size goes into the high nibble of byte 3, and the image stays valid', () => {
  const image = inspectFirmware(esp8266Image(), 'x.bin');
  for (const [size, nibble] of [
    [512 * 1024, 0],
    [MB, 2],
    [2 * MB, 3],
    [4 * MB, 4],
    [8 * MB, 8],
    [16 * MB, 9],
  ] as const) {
    const patched = withFlashSize(image, size);
    expect(patched[3]).toBe((nibble << 4) | ((image.bytes[3] ?? 0) & 15));
    expect(inspectFirmware(patched, 'x.bin').chip).toBe('ESP8266');
  }
});

test('an image for a flash of unknown size, or for an ESP32, is left as it is', () => {
  const esp8266 = inspectFirmware(esp8266Image(), 'x.bin');
  const esp32 = inspectFirmware(esp32Image(), 'x.bin');
  expect(withFlashSize(esp8266, 0)).toBe(esp8266.bytes);
  expect(withFlashSize(esp32, 4 * MB)).toBe(esp32.bytes);
});
