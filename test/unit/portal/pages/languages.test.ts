// The texts of the pages in all languages, in the pages and modules that the build makes of device-py.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inLanguage, readPortalBundle } from '../../../../src/portal/bundle.js';
import { LANGUAGES, REASONS, TEXTS } from '../../../../src/portal/pages/languages.js';

const SOURCES = new URL('../../../../device-py/', import.meta.url);
const source = (name: string) => readFileSync(new URL(name, SOURCES), 'utf8');
const pages = readdirSync(SOURCES).filter((name) => name.endsWith('.html'));

async function sourcesIn(language: (typeof LANGUAGES)[number]): Promise<Map<string, string>> {
  const files = await inLanguage((await readPortalBundle()).source, 'source', language);
  return new Map(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}

/** What a person reads of a page, without what a template fills in. */
function textsOf(page: string): string[] {
  const readable = page.replace(/<style>[\s\S]*?<\/style>/, '').replace(/onchange=("[^"]*"|\S+)/g, '');
  const inTags = Array.from(
    readable.matchAll(/(?:aria-label|placeholder)=(?:"([^"]*)"|([^\s>]+))/g),
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
  return [...readable.split(/<[^>]*>|document\.write\('|'\)/), ...inTags]
    .map((text) => text.replace(/\{\w+\}|&[\w#]+;/g, '').trim())
    .filter((text) => /\p{L}{2}/u.test(text));
}

test.each(pages)('no text of %s is left in English', async (name) => {
  const english = new Set(textsOf(source(name)));
  const polish = (await sourcesIn('pl')).get(name) ?? '';
  expect(english.size).toBeGreaterThan(0);
  expect(textsOf(polish).filter((text) => english.has(text))).toEqual([]);
});

test('every reason of a failed join has its words', () => {
  const reasons = source('wifi_join.py').matchAll(/reason = "([^"]+)"/g);
  expect([...new Set(Array.from(reasons, ([, reason]) => reason))].sort()).toEqual(
    Object.keys(REASONS).sort(),
  );
});

test('every problem that the form shows has its words', () => {
  const problems = Array.from(source('forms.py').matchAll(/problem = "([^"]+)"/g), ([, text]) => text);
  expect(problems.length).toBeGreaterThan(2);
  expect(problems.filter((text) => text !== undefined && !Object.hasOwn(TEXTS, text))).toEqual([]);
});

describe.each(LANGUAGES.filter((language) => language !== 'en'))('%s', (language) => {
  const texts = Object.entries({ ...TEXTS, ...REASONS }).map(([english, others]) => [
    english,
    others[language],
  ]);

  test('has the same placeholders, spaces and marks around each text', () => {
    const form = (text = '') => [
      text.match(/\{\w+\}|<\/?b>|%s/g)?.sort(),
      text.startsWith(' '),
      text.endsWith(' '),
    ];
    for (const [english, text] of texts) expect(form(text), text).toEqual(form(english));
  });

  test('has no character that would end a literal or an attribute', () => {
    expect(texts.filter(([, text = '']) => /["'\\`]/.test(text))).toEqual([]);
  });

  test('is declared by its pages, whose lines are short enough for the templates', async () => {
    const translated = await sourcesIn(language);
    expect(translated.get('head.html')).toContain(`<html lang=${language}>`);
    for (const page of pages.filter((name) => name !== 'head.html'))
      for (const line of translated.get(page)?.split('\n') ?? [])
        expect(Buffer.byteLength(line), line).toBeLessThan(280);
  });

  test('leaves the log as it is', async () => {
    const english = await sourcesIn('en');
    for (const [path, text] of await sourcesIn(language)) {
      const printed = (code: string) => code.match(/^\s*print\(.*$/gm);
      if (path !== 'reasons.py') expect(printed(text), path).toEqual(printed(english.get(path) ?? ''));
    }
  });
});
