// A partition table that is damaged or makes no sense, and where files are by a sound one.

import { expect, test } from 'vitest';
import { inspectFirmware } from '../../../../src/esp/image/check.js';
import { filesRange, readPartitions } from '../../../../src/esp/image/partition-table.js';
import {
  esp32Image,
  PARTITIONS_WITH_FILES,
  PARTITIONS_WITHOUT_FILES,
  type PartitionRow,
  partitionTable,
} from '../../../support/images.js';
import { seededRandom } from '../../../support/random.js';

const TABLE_BYTES = 0xc00;
const MB = 1024 * 1024;

test.each(['ESP32', 'ESP32-S3'] as const)(
  'refuses one flipped bit in any byte of the table of an %s',
  (chip) => {
    const image = esp32Image(chip);
    const tableAt = chip === 'ESP32' ? 0x7000 : 0x8000;
    const random = seededRandom(21);
    for (let at = 0; at < TABLE_BYTES; at++) {
      const bit = 1 << random(8);
      image[tableAt + at] = (image[tableAt + at] ?? 0) ^ bit;
      expect(() => inspectFirmware(image, 'x.bin'), `byte ${at}, bit ${bit}`).toThrow(
        expect.objectContaining({ code: 'firmware-damaged' }),
      );
      image[tableAt + at] = (image[tableAt + at] ?? 0) ^ bit;
    }
    expect(inspectFirmware(image, 'x.bin').version).toBe('1.24.0');
  },
);

test('takes a table without an MD5, as ESP-IDF made them before 3.1', () => {
  expect(inspectFirmware(esp32Image('ESP32', { hasDigest: false }), 'x.bin').chip).toBe('ESP32');
});

const [nvs, phy, factory] = PARTITIONS_WITH_FILES as [PartitionRow, PartitionRow, PartitionRow];

const BOOTLOADER: PartitionRow = [2, 0, 0x1000, 0x7000, 'bootloader'];
const TABLE: PartitionRow = [3, 0, 0x8000, 0x1000, 'partition_table'];

test.each<[string, PartitionRow[]]>([
  ['with rows for the bootloader and itself', [BOOTLOADER, TABLE, nvs, phy, factory]],
  ['whose factory application comes last', [nvs, phy, [0, 0x10, 0x200000, 0x100000, 'ota_0'], factory]],
  ['with a test application in front', [nvs, phy, [0, 0x20, 0x200000, 0x100000, 'test'], factory]],
  [
    'without a factory application',
    [nvs, phy, [0, 0x11, 0x200000, 0x100000, 'ota_1'], [0, 0x10, 0x10000, 0x1f0000, 'ota_0']],
  ],
])('takes a table %s', (_what, rows) => {
  expect(inspectFirmware(esp32Image('ESP32', { rows }), 'x.bin').version).toBe('1.24.0');
});

test.each<[string, PartitionRow[], string]>([
  [
    'over the bootloader',
    [BOOTLOADER, [3, 0, 0x7000, 0x1000, 'partition_table'], factory],
    '"partition_table" at 0x7000 overlaps "bootloader"',
  ],
  [
    'over another',
    [nvs, phy, factory, [1, 0x81, 0x1ff000, 0x200000, 'vfs']],
    '"vfs" at 0x1ff000 overlaps "factory"',
  ],
  [
    'over the table itself',
    [[1, 2, 0x8000, 0x6000, 'nvs'], factory],
    '"nvs" at 0x8000 overlaps the table itself',
  ],
  [
    'off a sector',
    [nvs, phy, factory, [1, 0x81, 0x200100, 0x1000, 'vfs']],
    '"vfs" begins at 0x200100, which is no multiple of 0x1000',
  ],
  [
    'off a page of code',
    [nvs, phy, [0, 0, 0x11000, 0x1e0000, 'factory']],
    '"factory" begins at 0x11000, which is no multiple of 0x10000',
  ],
  ['without bytes', [nvs, phy, factory, [1, 0x81, 0x200000, 0, 'vfs']], '"vfs" has no bytes'],
  [
    'beyond any flash',
    [nvs, phy, factory, [1, 0x81, 0x200000, 0x80000000, 'vfs']],
    '"vfs" ends at 0x80200000',
  ],
  ['whose name has control characters', [[1, 2, 0x9000, 0, '\x1b[2J\n']], '"\\u001b[2J\\n" has no bytes'],
])('refuses a partition %s although the MD5 is right', (_what, rows, message) => {
  const image = esp32Image('ESP32', { rows });
  expect(() => inspectFirmware(image, 'x.bin')).toThrow(
    expect.objectContaining({ code: 'firmware-damaged' }),
  );
  expect(() => inspectFirmware(image, 'x.bin')).toThrow(message);
});

/** As many rows as a table has room for, less `spare`. */
const fullTable = (spare: number): PartitionRow[] => [
  ...[nvs, phy, factory],
  ...Array.from(
    { length: 93 - spare },
    (_, n): PartitionRow => [1, 6, (0x200 + n) * 0x1000, 0x1000, `d${n}`],
  ),
];

test.each([true, false])(
  'refuses a table that no erased entry ends, which a bootloader refuses (MD5: %s)',
  (hasDigest) => {
    const spare = hasDigest ? 1 : 0;
    const image = esp32Image('ESP32', { rows: fullTable(spare), hasDigest });
    expect(() => inspectFirmware(image, 'x.bin')).toThrow('no erased entry marks its end');
    const shorter = esp32Image('ESP32', { rows: fullTable(spare + 1), hasDigest });
    expect(inspectFirmware(shorter, 'x.bin').version).toBe('1.24.0');
  },
);

test('the table and the bootloader are no partitions that an image fills besides', () => {
  const rows = [BOOTLOADER, TABLE, nvs, phy, factory];
  const image = esp32Image('ESP32', { rows });
  expect(inspectFirmware(image, 'x.bin').filledPartitions).toEqual([]);
  image[0x8000] = 0;
  expect(inspectFirmware(image, 'x.bin').filledPartitions).toEqual(['nvs']);
});

test.each([
  ['the row for them', PARTITIONS_WITH_FILES, 4 * MB, { address: 0x200000, sizeBytes: 0x200000 }],
  ['that row on a larger flash', PARTITIONS_WITH_FILES, 16 * MB, { address: 0x200000, sizeBytes: 0x200000 }],
  ['no row for them', PARTITIONS_WITHOUT_FILES, 4 * MB, { address: 0x200000, sizeBytes: 0x200000 }],
  ['no row on a larger flash', PARTITIONS_WITHOUT_FILES, 16 * MB, { address: 0x200000, sizeBytes: 0xe00000 }],
  ['no row and a full flash', PARTITIONS_WITHOUT_FILES, 2 * MB, undefined],
])('files are found by a table with %s', (_what, rows, flashSizeBytes, range) => {
  expect(filesRange(readPartitions(partitionTable(rows)), flashSizeBytes)).toEqual(range);
});
