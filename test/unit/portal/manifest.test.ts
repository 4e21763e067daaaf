import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatManifest, parseManifest, shortHash } from '../../../src/portal/manifest.js';

test('a manifest survives being written and read, whatever the names', () => {
  const entries = (['portal', 'config', 'app'] as const).map((kind, index) => ({
    kind,
    hash: shortHash(Buffer.of(index)),
    path: ['a.mpy', 'with space.txt', 'app/näh/x'][index] ?? '',
  }));
  expect(parseManifest(formatManifest(entries))).toEqual(entries);
});

test.each(['', 'p', 'p short a.py', 'x AAAAAAAA a.py', 'p AAAAAAAA ', '\0\xff'])(
  'a damaged line %j claims no file',
  (line) => {
    expect(parseManifest(`${line}\np AAAAAAAA b.py\n`)).toEqual([
      { kind: 'portal', hash: 'AAAAAAAA', path: 'b.py' },
    ]);
  },
);

test('the short hash is the start of SHA-256', () => {
  const bytes = Buffer.from('portal');
  const whole = createHash('sha256').update(bytes).digest('base64');
  expect(shortHash(bytes)).toHaveLength(8);
  expect(whole.startsWith(shortHash(bytes))).toBe(true);
});
