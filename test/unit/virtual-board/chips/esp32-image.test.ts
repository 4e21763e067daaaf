import { expect, it } from 'vitest';
import { inspectFirmware } from '../../../../src/esp/image/check.js';
import { ESP32 } from '../../../../src/virtual-board/chips/esp32.js';
import { esp32Image, PARTITIONS_WITHOUT_FILES } from '../../../support/images.js';

const image = ESP32.generateFirmware({ version: '1.27.0', date: '2025-12-09' });

/** A flash with an image where ESP32s have theirs. */
function flashWith(contents: Uint8Array, sizeBytes = 4 * 1024 * 1024) {
  const bytes = new Uint8Array(sizeBytes).fill(0xff);
  bytes.set(contents, 0x1000);
  return {
    sizeBytes,
    read: (address: number, lengthBytes: number) => bytes.slice(address, address + lengthBytes),
  };
}

function damaged(offset: number): Uint8Array {
  const copy = image.slice();
  copy[offset] = (copy[offset] ?? 0) ^ 1;
  return copy;
}

it('is a complete image for the checks of the flashing tool', () => {
  expect(inspectFirmware(image, 'own')).toMatchObject({ chip: 'ESP32', offset: 0x1000, version: '1.27.0' });
  expect(() => inspectFirmware(damaged(image.length - 1), 'own')).toThrow(
    expect.objectContaining({ code: 'firmware-damaged' }),
  );
});

it('has the parts of a release at their places', () => {
  expect([image[0], image[0xf000], image[0xf000 + 23]]).toEqual([0xe9, 0xe9, 1]);
  expect(Buffer.from(image.subarray(0x7000, 0x7020)).toString('latin1')).toContain('nvs');
  expect([...image.subarray(0x7000, 0x7004)]).toEqual([0xaa, 0x50, 1, 2]);
});

it('boots, and keeps its files in the partition of the table', () => {
  expect(ESP32.boot(flashWith(image), 300)).toMatchObject({
    kind: 'runs',
    firmware: { version: '1.27.0', buildDate: '2025-12-09' },
  });
  expect(ESP32.regions(flashWith(image)).filesystem).toEqual({ address: 0x200000, sizeBytes: 0x200000 });
  expect(ESP32.regions(flashWith(image, 2 * 1024 * 1024)).filesystem).toBeUndefined();
});

it("keeps files in the table's partition up to 1.25, and after the last partition since", () => {
  const MB = 1024 * 1024;
  const old = ESP32.generateFirmware({ version: '1.23.0', date: '2024-06-02' });
  const places = [old, image].map((firmware) =>
    [2, 4, 16].map((megabytes) => ESP32.regions(flashWith(firmware, megabytes * MB)).filesystem?.sizeBytes),
  );
  expect(places).toEqual([
    [undefined, 2 * MB, 2 * MB],
    [undefined, 2 * MB, 14 * MB],
  ]);
});

it('boots an image with the partitions of 1.26, with files behind the last', () => {
  const flash = flashWith(esp32Image('ESP32', { version: '1.26.1', rows: PARTITIONS_WITHOUT_FILES }));
  expect(ESP32.boot(flash, 300)).toMatchObject({ kind: 'runs', firmware: { version: '1.26.1' } });
  expect(ESP32.regions(flash).filesystem).toEqual({ address: 0x200000, sizeBytes: 0x200000 });
});

it('does not boot on a chip of a revision that the image is not for', () => {
  const flash = flashWith(esp32Image('ESP32', { revisions: [300, 399] }));
  expect(ESP32.boot(flash, 300)).toMatchObject({ kind: 'runs' });
  expect(ESP32.boot(flash, 100)).toMatchObject({
    kind: 'stuck',
    text: expect.stringContaining('Required >= v3.0, found v1.0.'),
  });
});

it.each([
  ['the bootloader', 100],
  ['the partition table', 0x7040],
  ['the application', 0xf000 + 200],
  ['the SHA-256', image.length - 1],
])('does not boot when %s is damaged', (_, offset) => {
  expect(ESP32.boot(flashWith(damaged(offset)), 300)).toMatchObject({ kind: 'stuck' });
});

it('boots an image that another tool merged, but not one without partitions', () => {
  const other = esp32Image();
  expect(ESP32.boot(flashWith(other), 300)).toMatchObject({ kind: 'runs', firmware: { version: '1.24.0' } });
  other.fill(0xff, 0x7000, 0x8000);
  expect(ESP32.boot(flashWith(other), 300)).toMatchObject({ kind: 'stuck' });
});
