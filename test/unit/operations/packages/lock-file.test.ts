// The lock file of packages comes with a checkout: what it may hold, and how it is written.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LockedPackage, readLock, writeLock } from '../../../../src/operations/packages/lock-file.js';
import { temporaryFolder } from '../../../support/virtual-port.js';

const FILE = { path: 'a.mpy', url: 'https://example.com/a.mpy', sha256: 'ab'.repeat(32), sizeBytes: 7 };
const PACKAGE = { packages: { a: '1.0' }, files: [FILE] };
const lock = (one: unknown, version = 1) => ({ version, formats: { 6: { a: one } } });

function write(text: string): string {
  const path = join(temporaryFolder(), 'esp-portal.lock.json');
  writeFileSync(path, text);
  return path;
}

test('is read as it was written, with its packages in the order of their names', async () => {
  const path = write('');
  const packages = new Map<string, LockedPackage>([
    ['b', PACKAGE],
    ['a', { packages: {}, files: [] }],
    ['c', PACKAGE],
  ]);
  await writeLock(path, new Map([['6', packages]]));
  expect(await readLock(path)).toEqual(new Map([['6', packages]]));
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')).formats[6])).toEqual(['a', 'b', 'c']);
});

test('one that does not exist is empty', async () => {
  expect(await readLock(join(temporaryFolder(), 'none.json'))).toEqual(new Map());
});

test.each([
  ['another version', lock(PACKAGE, 2)],
  ['formats in a list', { version: 1, formats: [] }],
  ['a package that is a text', lock('a')],
  ['files that are no list', lock({ ...PACKAGE, files: {} })],
  ['a version that is a number', lock({ ...PACKAGE, packages: { a: 1 } })],
  // It names the file of the cache.
  ['a hash that is a path', lock({ ...PACKAGE, files: [{ ...FILE, sha256: '../../.ssh/id_ed25519' }] })],
  ['a hash with a line end', lock({ ...PACKAGE, files: [{ ...FILE, sha256: `${FILE.sha256}\n` }] })],
  ['a hash in capitals', lock({ ...PACKAGE, files: [{ ...FILE, sha256: FILE.sha256.toUpperCase() }] })],
  ['no size', lock({ ...PACKAGE, files: [{ ...FILE, sizeBytes: undefined }] })],
  ['an address that is a list', lock({ ...PACKAGE, files: [{ ...FILE, url: [] }] })],
])('one with %s is refused', async (_what, value) => {
  const path = write(JSON.stringify(value));
  await expect(readLock(path)).rejects.toMatchObject({
    code: 'usage',
    message: `${path} is not a lock file of this version of esp-portal.`,
  });
});

test('a folder in its place is refused, not taken for none', async () => {
  await expect(readLock(temporaryFolder())).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('is a directory'),
  });
});
