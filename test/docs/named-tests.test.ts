// The pages name the tests that check what they say: each exists and holds tests.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROOT, readPage } from './markdown.js';

const HAS_TEST = /\b(?:test|it)(?:\.\w+(?:\(.*\))?)*\(/;

/** Paths such as test/cli/secrets.test.ts, and the short names of docs/virtual-board.md. */
function namedTests(page: string): string[] {
  const paths = page.match(/\btest\/[\w./-]+\.test\.ts/g) ?? [];
  const names = [...page.matchAll(/`((?:uv|virtual|cli|board|interop|device-py)\/[\w/-]+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => !name.endsWith('/'));
  const short = names.map((name) => `test/${name.replace(/^uv\//, 'unit/virtual-board/')}.test.ts`);
  return [...new Set([...paths, ...short])];
}

describe.each(['SECURITY.md', 'docs/virtual-board.md', 'docs/transfer.md', 'CONTRIBUTING.md'])(
  '%s',
  (page) => {
    test.each(namedTests(readPage(page)))('%s holds tests', (path) => {
      expect(readFileSync(ROOT + path, 'utf8')).toMatch(HAS_TEST);
    });
  },
);

test('every table of the virtual board names a test in each row', () => {
  const tables = readPage('docs/virtual-board.md')
    .split(/^\| behaviour \| source of the fact \| tested by \|$/m)
    .slice(1);
  const rows = tables.flatMap((table) =>
    (/^\|---.*\n((?:\|.*\n)*)/m.exec(table)?.[1] ?? '').trimEnd().split('\n'),
  );
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter((row) => namedTests(row).length === 0)).toEqual([]);
});
