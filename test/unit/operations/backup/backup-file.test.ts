import { expect, test } from 'vitest';
import { decodeBackup, encodeBackup } from '../../../../src/operations/backup/backup-file.js';

const PIECE = Buffer.from(`${'flash '.repeat(10_000)}\xff`.padEnd(0x10000, '\xff'), 'latin1');
const ERASED = Buffer.alloc(0x10000, 0xff);
const FACTS = {
  chip: 'ESP8266',
  mac: '5c:cf:7f:00:00:01',
  flashSizeBytes: 0x30000,
  flashMode: 'qio',
  partitions: [],
  micropython: '1.27.0',
};
const FLASH = Buffer.concat([PIECE, ERASED, PIECE]);
const [head = Buffer.of(), ...pieces] = encodeBackup({ ...FACTS, flash: FLASH });
const withHeader = (changed: object) =>
  Buffer.concat([
    Buffer.from(`${JSON.stringify({ ...JSON.parse(head.toString()), ...changed })}\n`),
    ...pieces,
  ]);
const refusal = (message: string) => expect.objectContaining({ code: 'backup-invalid', message });

test('a backup is read as it was written, and an erased piece takes no room', () => {
  const { flash, ...facts } = decodeBackup(withHeader({}), 'a.backup');
  expect(facts).toEqual(FACTS);
  expect(FLASH.equals(flash)).toBe(true);
  expect(pieces.map((piece) => PIECE.equals(piece))).toEqual([true, true]);
});

test.each([
  { format: 'something' },
  { version: { toString: 1 } },
  { version: '\x1b[2J' },
  { chip: '\x1b[31mESP8266' },
  { mac: 'a board\nError' },
  { micropython: { version: 1 } },
  { md5: [1, 2, 3] },
  { md5: ['', ''] },
  { flashSizeBytes: 1e15 },
  { flashSizeBytes: -1 },
  { flashSizeBytes: 0, md5: [] },
  { pieceBytes: 0x10000 + 0.5 },
])('a header with %j is refused as not of a backup', (changed) => {
  expect(() => decodeBackup(withHeader(changed), 'a.backup')).toThrow(
    refusal('a.backup is not a backup of esp-portal.'),
  );
});

test('a file without a line, and one of another version, are refused', () => {
  expect(() => decodeBackup(head.subarray(0, -1), 'a.backup')).toThrow(
    refusal('a.backup is not a backup of esp-portal.'),
  );
  expect(() => decodeBackup(withHeader({ version: 2 }), 'a.backup')).toThrow(
    refusal('a.backup is a backup of version 2; this esp-portal reads version 1.'),
  );
});

test('a file with a byte less, a byte more or another byte is refused', () => {
  const whole = withHeader({});
  const changed = Buffer.from(whole);
  changed.writeUInt8(0, head.length);
  for (const [file, how] of [
    [whole.subarray(0, -1), 'the piece at 0x20000 is not as its MD5'],
    [Buffer.concat([whole, Buffer.of(0xff)]), 'it has more bytes than pieces'],
    [changed, 'the piece at 0x0 is not as its MD5'],
  ] as const)
    expect(() => decodeBackup(file, 'a.backup')).toThrow(
      refusal(`a.backup is damaged or incomplete: ${how}.`),
    );
});
