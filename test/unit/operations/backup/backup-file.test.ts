import { expect, test } from 'vitest';
import { decodeBackup, encodeBackup } from '../../../../src/operations/backup/backup-file.js';

const [head = Buffer.of(), ...pieces] = encodeBackup({
  chip: 'ESP8266',
  mac: '5c:cf:7f:00:00:01',
  flashSizeBytes: 0x20000,
  flashMode: 'qio',
  partitions: [],
  micropython: '1.27.0',
  flash: Buffer.alloc(0x20000, 'flash'),
});
const withHeader = (changed: object) =>
  Buffer.concat([
    Buffer.from(`${JSON.stringify({ ...JSON.parse(head.toString()), ...changed })}\n`),
    ...pieces,
  ]);

test('a header as it was written is read', () => {
  expect(decodeBackup(withHeader({}), 'a.backup').flash).toHaveLength(0x20000);
});

test.each([
  { version: { toString: 1 } },
  { version: '\x1b[2J' },
  { chip: '\x1b[31mESP8266' },
  { mac: 'a board\nError' },
  { micropython: { version: 1 } },
  { md5: [1, 2] },
  { flashSizeBytes: 1e15 },
  { flashSizeBytes: -1 },
])('a header with %j is refused as not of a backup', (changed) => {
  expect(() => decodeBackup(withHeader(changed), 'a.backup')).toThrow(
    'a.backup is not a backup of esp-portal.',
  );
});
