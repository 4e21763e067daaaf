// SECURITY.md names the tests that show what it says: each must exist, and test something.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const NAMED = new Set(readFileSync(new URL('SECURITY.md', ROOT), 'utf8').match(/\btest\/[\w./-]+/g));

test('SECURITY.md names tests', () => {
  expect(NAMED.size).toBeGreaterThan(10);
});

test.each([...NAMED])('%s, which SECURITY.md names, is a file of tests', (path) => {
  expect(path).toMatch(/\.test\.ts$/);
  expect(readFileSync(new URL(path, ROOT), 'utf8')).toMatch(/\b(?:test|it)(?:\.\w+(?:\(.*\))?)*\(/);
});
