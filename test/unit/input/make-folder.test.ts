import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../../src/input/make-folder.js';
import { temporaryFolder } from '../../support/virtual-port.js';

test('makes a folder and all above it, and leaves those that are there', () => {
  const path = join(temporaryFolder(), 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a file in the way is an error', () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, '');
  expect(() => makeFolder(path)).toThrow('EEXIST');
  expect(() => makeFolder(join(path, 'below'))).toThrow();
});

test.runIf(existsSync('/proc/self'))('a filesystem that takes no folders is an error, not a loop', () => {
  expect(() => makeFolder('/proc/self/no/such/folder')).toThrow('ENOENT');
});
