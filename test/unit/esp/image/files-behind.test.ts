// The filesystem behind a firmware in its file: found where the firmware has its files, and nowhere else.
import { expect, test } from 'vitest';
import { inspectFirmware } from '../../../../src/esp/image/check.js';
import { writeLittleFs } from '../../../../src/filesystem/littlefs/writer.js';
import { filesOfImage } from '../../../../src/operations/flash/files-of-image.js';
import { esp32Image, esp8266Image } from '../../../support/images.js';
import { seededBytes } from '../../../support/random.js';

const MB = 1024 * 1024;
const files = writeLittleFs([{ path: 'a.py', bytes: seededBytes(1, 9000) }], { blockCount: 512 });

/** @param address of the files; the first byte of the firmware is at `offset` */
function merged(firmware: Uint8Array, behind: Uint8Array, address: number, offset = 0): Buffer {
  const file = Buffer.alloc(address - offset + behind.length, 0xff);
  file.set(firmware);
  file.set(behind, address - offset);
  return file;
}

const esp32 = esp32Image();

test.each([
  ['an ESP8266', esp8266Image(), 0x100000, 0],
  ['an ESP8266 with 1 MB', esp8266Image(), 0x99000, 0],
  ['an ESP32', esp32, 0x200000, 0x1000],
])('of %s is not part of the firmware', (_chip, firmware, address, offset) => {
  const image = inspectFirmware(merged(firmware, files, address, offset), 'x.bin');
  expect(Buffer.from(image.bytes).equals(inspectFirmware(firmware, 'x.bin').bytes)).toBe(true);
  expect(filesOfImage(image)?.range).toEqual({ address, sizeBytes: 2 * MB });
  expect(Buffer.from(image.files?.bytes ?? []).equals(files)).toBe(true);
});

test('is found in a file for address 0, with erased blocks behind it', () => {
  const file = Buffer.concat([
    Buffer.alloc(0x1000, 0xff),
    merged(esp32, Buffer.concat([files, Buffer.alloc(MB, 0xff)]), 0x200000, 0x1000),
  ]);
  const image = inspectFirmware(file, 'x.bin');
  expect(image.files?.address).toBe(0x200000);
  expect(image.files?.bytes.length).toBe(files.length);
});

test('elsewhere, or of another kind, it is what it was', () => {
  expect(inspectFirmware(merged(esp8266Image(), files, 0x103000), 'x.bin').files).toBeUndefined();
  expect(
    inspectFirmware(merged(esp8266Image(), seededBytes(2, 9000), 0x100000), 'x.bin').files,
  ).toBeUndefined();
  const other = inspectFirmware(merged(esp32, seededBytes(3, 9000), 0x200000, 0x1000), 'x.bin');
  expect(other).toMatchObject({ files: undefined });
  expect(other.bytes.length).toBe(0x200000 - 0x1000 + 9000);
  expect(inspectFirmware(esp32Image(), 'x.bin').files).toBeUndefined();

  const withMore = Buffer.concat([files, Buffer.alloc(2 * MB - files.length, 0xff), seededBytes(4, 100)]);
  const all = inspectFirmware(merged(esp32, withMore, 0x200000, 0x1000), 'x.bin');
  expect(all).toMatchObject({ files: undefined });
  expect(all.bytes.length).toBe(0x400000 - 0x1000 + 100);
});

test('does not begin inside of a firmware that has its name as a text', () => {
  const text = Buffer.alloc(0x91000, 0x5a);
  text.write('littlefs', 0x91000 - 0x9000 + 8, 'latin1');
  expect(inspectFirmware(esp8266Image(text.length, '1.27.0', text), 'x.bin').files).toBeUndefined();
});
