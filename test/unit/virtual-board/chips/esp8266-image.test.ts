import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { generateFirmware, readBootableImage } from '../../../../src/virtual-board/chips/esp8266-image.js';
import { loadLines } from '../../../../src/virtual-board/chips/esp8266-rom-output.js';

const image = generateFirmware({ version: '1.27.0', date: '2025-12-09' });

/** A 1 MB flash with an image at 0. */
function flashWith(contents: Uint8Array) {
  const bytes = new Uint8Array(1024 * 1024).fill(0xff);
  bytes.set(contents);
  return {
    sizeBytes: bytes.length,
    read: (address: number, lengthBytes: number) => bytes.slice(address, address + lengthBytes),
  };
}

const bootableVersion = (flash: ReturnType<typeof flashWith>) => readBootableImage(flash)?.version;

/** A copy with one bit of the byte at `offset` changed. */
function damaged(offset: number): Uint8Array {
  const copy = image.slice();
  copy[offset] = (copy[offset] ?? 0) ^ 1;
  return copy;
}

it('is laid out as makeimg.py lays an image out', () => {
  expect([image[0], image[1]]).toEqual([0xe9, 2]);
  const covered = image.subarray(0, image.length - 16);
  expect(new DataView(image.buffer).getUint32(0x8ffc, true)).toBe(covered.length);
  expect(createHash('md5').update(covered.subarray(4)).digest()).toEqual(
    Buffer.from(image.subarray(covered.length)),
  );
  expect(Buffer.from(image).toString('latin1')).toContain('MicroPython v1.27.0 on 2025-12-09');
});

it('is small, yet takes several blocks when compressed', () => {
  expect(image.length).toBeGreaterThan(40_000);
  expect(image.length).toBeLessThan(60_000);
  expect(deflateSync(image).length).toBeGreaterThan(0x4000);
});

it('is bootable, also after a flasher has patched mode and size', () => {
  expect(bootableVersion(flashWith(image))).toBe('1.27.0');
  const patched = image.slice();
  patched.set([0x02, 0x20], 2);
  expect(bootableVersion(flashWith(patched))).toBe('1.27.0');
  expect(readBootableImage(flashWith(image))?.sizeBytes).toBe(image.length);
});

it.each([
  ['the magic byte', 0],
  ['a segment', 100],
  ['the length', 0x8ffd],
  ['the code', image.length - 100],
  ['the trailer', image.length - 1],
])('is not bootable when %s is damaged', (_, offset) => {
  expect(bootableVersion(flashWith(damaged(offset)))).toBeUndefined();
});

it('is not bootable when it is cut short, or the flash is blank', () => {
  expect(bootableVersion(flashWith(image.subarray(0, image.length - 16)))).toBeUndefined();
  expect(bootableVersion(flashWith(new Uint8Array(0)))).toBeUndefined();
});

it('loads with the tails and rooms that a real ROM printed for the same lengths', () => {
  // From a boot log on bbs.espressif.com: lengths 25700, 848 and 184.
  const segments = [25700, 848, 184].map((length) => ({ address: 0x40100000, data: new Uint8Array(length) }));
  const lines = loadLines(segments).split('\r\n');
  expect(lines.filter((line) => /room|tail/.test(line)).map((line) => line.trim())).toEqual([
    'load 0x40100000, len 25700, room 16',
    'tail 4',
    'load 0x40100000, len 848, room 4',
    'tail 12',
    'ho 0 tail 12 room 4',
    'load 0x40100000, len 184, room 12',
    'tail 12',
  ]);
});
