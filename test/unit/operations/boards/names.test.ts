import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  mayBeName,
  nameBoard,
  nameOf,
  readBoardNames,
  unnameBoard,
} from '../../../../src/operations/boards/names.js';
import { temporaryFolder } from '../../../support/virtual-port.js';

const newFile = () => join(temporaryFolder(), 'config', 'boards.json');

test('a name is kept for an address, and each has one of the other', async () => {
  const file = newFile();
  expect(await nameBoard(file, 'mac:7C-DF-A1-00-11-22', 'bench-3')).toBe('mac:7c:df:a1:00:11:22');
  await nameBoard(file, 'rfc2217://10.0.0.9:3001', 'attic');
  await nameBoard(file, 'mac:7cdfa1001122', 'bench-4'); // the same board
  await nameBoard(file, 'id:A7', 'attic'); // another board
  expect(Object.fromEntries(await readBoardNames(file))).toEqual({
    'bench-4': 'mac:7c:df:a1:00:11:22',
    attic: 'id:A7',
  });
  await unnameBoard(file, 'attic');
  expect([...(await readBoardNames(file)).keys()]).toEqual(['bench-4']);
});

test('a port is found by its MAC address, its serial number or its path', () => {
  const names = new Map([
    ['native', 'mac:7c:df:a1:00:11:22'],
    ['bridge', 'id:A7'],
    ['place', '/dev/serial/by-path/1'],
  ]);
  const port = { path: '/dev/ttyACM0', mac: undefined, serialNumber: undefined };
  expect(nameOf({ ...port, mac: '7c:df:a1:00:11:22' }, names)).toBe('native');
  expect(nameOf({ ...port, serialNumber: 'A7' }, names)).toBe('bridge');
  expect(nameOf({ ...port, path: '/dev/serial/by-path/1' }, names)).toBe('place');
  expect(nameOf(port, names)).toBeUndefined();
});

test.each(['all', 'COM3', 'a,b', 'a:b', '/dev/x', '-x', '', 'x'.repeat(41), 'a b', '\u001b[2J'])(
  '%j cannot be the name of a board',
  async (name) => {
    expect(mayBeName(name)).toBe(false);
    await expect(nameBoard(newFile(), 'id:A7', name)).rejects.toMatchObject({ code: 'usage' });
  },
);

test.each(['bench-3', 'mac:12', 'net:7cdfa1001122', '', 'id:'])(
  '%j is no address for a name',
  async (address) => {
    await expect(nameBoard(newFile(), address, 'desk')).rejects.toMatchObject({
      code: 'usage',
      message: `"${address}" is no address of a board.`,
    });
  },
);

test('only its owner can read the file: an address may have a password', async () => {
  const file = newFile();
  await nameBoard(file, 'rfc2217://ann:secret@bench:2217', 'desk');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that an editor on Windows has saved is read', async () => {
  const file = join(temporaryFolder(), 'boards.json');
  writeFileSync(file, '\ufeff{"desk": "id:A7"}');
  expect(await readBoardNames(file)).toEqual(new Map([['desk', 'id:A7']]));
});

test('a folder instead of the file is reported', async () => {
  await expect(readBoardNames(temporaryFolder())).rejects.toMatchObject({ message: /is a folder\.$/ });
});

test('a name that no board has cannot be removed', async () => {
  const file = newFile();
  await nameBoard(file, 'id:A7', 'desk');
  await nameBoard(file, 'id:A8', 'attic');
  await expect(unnameBoard(file, 'lamp')).rejects.toMatchObject({
    code: 'usage',
    message: 'No board is called "lamp": there are desk, attic.',
  });
  await expect(unnameBoard(newFile(), 'lamp')).rejects.toMatchObject({
    message: 'No board is called "lamp": no board has a name.',
  });
});

test.each([
  ['{', /is not JSON/],
  ['[]', /is not a JSON object/],
  ['{"a": 1}', /has the name "a"/],
  ['{"all": "id:A7"}', /has the name "all"/],
])('a file with %j is reported and not overwritten', async (text, message) => {
  const file = join(temporaryFolder(), 'boards.json');
  writeFileSync(file, text);
  const fault = {
    code: 'usage',
    message: expect.stringMatching(message),
    next: expect.stringContaining(file),
  };
  await expect(readBoardNames(file)).rejects.toMatchObject(fault);
  await expect(nameBoard(file, 'id:A7', 'desk')).rejects.toMatchObject(fault);
  expect(readFileSync(file, 'utf8')).toBe(text);
});
