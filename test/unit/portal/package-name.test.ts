// Names of packages, and the addresses that mip makes of them.

import { expect, test } from 'vitest';
import {
  descriptionAddress,
  fileAddress,
  isModule,
  parsePackageName,
  urlOf,
} from '../../../src/portal/package-name.js';

const INDEX = 'https://micropython.org/pi/v2';

test.each([
  ['umqtt.simple', `${INDEX}/package/6/umqtt.simple/latest.json`],
  ['umqtt.simple@1.4.0', `${INDEX}/package/6/umqtt.simple/1.4.0.json`],
  ['github:org/repo', 'https://raw.githubusercontent.com/org/repo/HEAD/package.json'],
  ['github:org/repo@v1', 'https://raw.githubusercontent.com/org/repo/v1/package.json'],
  [
    'github:org/repo/sub/other.json@feature/x',
    'https://raw.githubusercontent.com/org/repo/feature/x/sub/other.json',
  ],
  ['gitlab:org/repo@v1', 'https://gitlab.com/org/repo/-/raw/v1/package.json'],
  ['codeberg:org/repo@v1', 'https://codeberg.org/api/v1/repos/org/repo/raw/package.json?ref=v1'],
  ['https://example.com/lib/', 'https://example.com/lib/package.json'],
])('the description of %s is at %s', (text, url) => {
  const name = parsePackageName(text);
  expect(urlOf(descriptionAddress(name, INDEX, '6'), name.version)).toBe(url);
  expect(isModule(name)).toBe(false);
});

test('a module may be named alone', () => {
  const name = parsePackageName('github:org/repo/sensor.py@v2');
  expect(isModule(name)).toBe(true);
  expect(urlOf(name.name, name.version)).toBe('https://raw.githubusercontent.com/org/repo/v2/sensor.py');
});

test('files are relative to the description', () => {
  const name = parsePackageName('github:org/repo@v1');
  const description = descriptionAddress(name, INDEX, '6');
  expect(urlOf(fileAddress('src/a.py', description), 'v1')).toBe(
    'https://raw.githubusercontent.com/org/repo/v1/src/a.py',
  );
  expect(fileAddress('https://example.com/a.py', description)).toBe('https://example.com/a.py');
});

test.each([
  '',
  '../x',
  'a b',
  '/etc/passwd',
  './package.json',
  'a@',
  'a@../../x',
  'github:org',
  'github:org/../other',
  'file:///etc/passwd',
  'https://user:secret@example.com/x@y@z',
  `a${'b'.repeat(600)}`,
])('%j names no package', (text) => {
  expect(() => parsePackageName(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});
