// Links, anchors and images of the pages lead somewhere.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchors, linkTargets, PAGES, ROOT, readPage } from './markdown.js';

const isLocal = (target: string) => !/^[a-z]+:/.test(target);

describe.each(PAGES)('%s', (page) => {
  test('links only to files and headings that exist', () => {
    const broken = linkTargets(readPage(page))
      .filter(isLocal)
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        if (!existsSync(ROOT + file)) return true;
        return anchor !== undefined && !anchors(readPage(file)).has(anchor);
      });
    expect(broken).toEqual([]);
  });
});

test('every page in docs/ is linked from README', () => {
  const linked = linkTargets(readPage('README.md')).map((target) => target.split('#')[0]);
  expect(PAGES.filter((page) => page.startsWith('docs/') && !linked.includes(page))).toEqual([]);
});

test('finds a broken link', () => {
  expect(linkTargets('[a](b.md#c) <img src="d.png">')).toEqual(['b.md#c', 'd.png']);
  expect(anchors("# The board's WiFi\n## `port-none`")).toEqual(new Set(['the-boards-wifi', 'port-none']));
});
