import { expect, test } from 'vitest';
import { parseBoardData } from '../../../../../src/operations/factory/plan/board-data.js';

const parse = (content: string | Uint8Array) =>
  parseBoardData(typeof content === 'string' ? Buffer.from(content) : content, 'boards.csv');
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

async function faultOf(content: string | Uint8Array): Promise<string> {
  return parse(content).then(
    () => 'none',
    (error: Error) => error.message,
  );
}

test.each([
  ['commas', 'serial,name\nL-1,"Ann, ""A"""\n'],
  ['semicolons', 'serial;name\nL-1;"Ann, ""A"""\n'],
  ['tabs, CRLF and empty lines', 'serial\tname\r\n\r\nL-1\t"Ann, ""A"""\r\n\r\n'],
  ['a byte order mark', '\ufeffserial,name\nL-1,"Ann, ""A"""\n'],
  ['UTF-16 with a byte order mark', utf16('serial;name\r\nL-1;"Ann, ""A"""\r\n')],
  ['big-endian UTF-16', utf16('serial;name\nL-1;"Ann, ""A"""').swap16()],
])('reads data with %s', async (_, content) => {
  const { columns, rows } = await parse(content);
  expect(columns).toEqual(['serial', 'name']);
  expect(rows.map(({ number, values }) => [number, ...values.values()])).toEqual([[1, 'L-1', 'Ann, "A"']]);
});

test('needs no serial numbers', async () => {
  const rows = [1, 2].map((number) => ({ number, values: new Map([['name', 'Ann']]) }));
  expect(await parse('name\nAnn\nAnn\n')).toEqual({ name: 'boards.csv', columns: ['name'], rows });
});

test('takes the delimiter of the first line, whatever is in the cells', async () => {
  expect((await parse('serial;a|b|c\nL-1;1|2|3\n')).columns).toEqual(['serial', 'a|b|c']);
});

test.each([
  ['an empty file', '', 'boards.csv: it is empty: the first line needs the keys, one row a board follows.'],
  ['keys only', 'serial,name\n', 'boards.csv: it has no rows: one row a board follows the line of the keys.'],
  ['a row with fewer cells', 'serial,name\nL-1,a\nL-2\n', 'boards.csv: row 2: column name is missing.'],
  ['a row with more cells', 'serial,name\nL-1,a,b\n', 'boards.csv: row 1: it has 3 cells, the first line 2.'],
  ['the same key twice', 'serial,serial\n1,2\n', 'boards.csv: the key "serial" is in the first line twice.'],
  ['a key without a name', 'serial,\n1,2\n', 'boards.csv: column 2 has no key in the first line.'],
  [
    'a key of a placeholder',
    'serial,mac\n1,2\n',
    'boards.csv: the key "mac" cannot be used: {mac} is a built-in placeholder. Rename the column.',
  ],
  ['a serial number twice', 'serial\nA\nB\nA\n', 'boards.csv: row 3, column serial: "A" is also in row 1.'],
  [
    'a serial number with a space behind it',
    'serial\nA\nA \n',
    'boards.csv: row 2, column serial: "A " has a space at one end.',
  ],
  [
    'a serial number twice, as one and as two characters',
    'serial\n\u00c4\nA\u0308\n',
    'boards.csv: row 2, column serial: "A\u0308" is also in row 1.',
  ],
  [
    'an invisible character in a serial number',
    'serial\nL-1\u200b\n',
    'boards.csv: row 1, column serial: it has the invisible character U+200B.',
  ],
  [
    'a no-break space in a serial number',
    'serial\nL\u00a01\n',
    'boards.csv: row 1, column serial: it has the invisible character U+00A0.',
  ],
  [
    'text that turns its direction',
    'serial,name\nL-1,a\u202eb\n',
    'boards.csv: row 1, column name: it has the invisible character U+202E.',
  ],
  ['an empty serial number', 'serial,a\nA,1\n,2\n', 'boards.csv: row 2, column serial: it is empty.'],
  ['Latin-1', Buffer.from('serial\nCaf\xe9\n', 'latin1'), 'boards.csv: it is not UTF-8 (line 2).'],
  ['half a character of UTF-16', utf16('serial\n\ud800\n'), 'boards.csv: it is not valid UTF-16LE.'],
  [
    'UTF-16 without a byte order mark',
    Buffer.from('serial\nA\n', 'utf16le'),
    'boards.csv: it has zero bytes, as UTF-16 without a byte order mark does.',
  ],
  [
    'a control character',
    'serial,name\nA,b\x07\n',
    'boards.csv: row 1, column name: it has control characters or damaged text.',
  ],
  [
    'an open quotation',
    'serial,name\nA,"b\n',
    'boards.csv: row 1: a quotation mark is not closed or not doubled.',
  ],
])('refuses %s, with its place', async (_, content, fault) => {
  expect(await faultOf(content)).toBe(fault);
});
