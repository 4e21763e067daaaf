// The forms that SECURITY.md lists are those that are masked.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Redactor } from '../../src/log/redaction/redactor.js';
import { SecretFilter } from '../../src/log/redaction/secret-filter.js';
import { KEY_WORDS } from '../../src/log/redaction/secret-forms.js';
import { checkConfig } from '../../src/portal/config.js';
import { commandsPage, errorsPage } from './pages.js';

const page = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8');
const section = page.slice(page.indexOf('## Passwords in output'));
const rows = [...section.matchAll(/^\| ([^|]+) \| `([^|]+)` \| `([^|]+)` \|$/gm)];

test('there is a row for each form', () => {
  expect(rows).toHaveLength(12);
});

test.each(rows.map(([, form = '', printed = '', shown = '']) => ({ form, printed, shown })))(
  '$form: $printed',
  ({ printed, shown }) => {
    expect(new Redactor().mask(printed)).toBe(shown);
    const filter = new SecretFilter();
    const bytes = [filter.push(Buffer.from(`${printed}\n`)), filter.end()];
    expect(Buffer.concat(bytes).toString()).toBe(`${shown}\n`);
  },
);

test('all names are listed, and each is masked', () => {
  const { anywhere, alone, prefixes } = KEY_WORDS;
  for (const word of [...anywhere, ...alone, ...prefixes]) expect(section).toContain(`\`${word}\``);
  for (const word of [...anywhere, ...alone, ...prefixes.map((prefix) => `${prefix}_${alone[0]}2`)]) {
    for (const name of [word, word.toUpperCase(), `my-${word}`]) {
      expect(new Redactor().mask(`${name} = S3cret`)).toBe(`${name} = ***`);
    }
  }
});

test('our own help and messages are not taken for secrets', async () => {
  for (const text of [commandsPage(), errorsPage()]) expect(new Redactor().mask(text)).toBe(text);
  expect(() => checkConfig({ password: 'short' })).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/password ?[:=]/) }),
  );
});
