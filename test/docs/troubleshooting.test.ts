// docs/troubleshooting.md quotes messages that the program prints, and says for each symptom what to do.
import { describe, expect, test } from 'vitest';
import { ERROR_TABLE } from '../../src/error-table.js';
import { parseLine } from '../../src/log/parse-line.js';
import { anchors, codeBlocks, linkTargets, readPage } from './markdown.js';

const page = readPage('docs/troubleshooting.md');
const symptoms = page
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ title: text.split('\n', 1)[0] ?? '', text: text.split(/^## /m)[0] ?? '' }));

describe.each(symptoms)('$title', ({ text }) => {
  test('says what the user sees, why, and what to do', () => {
    expect(text).toMatch(/^You see/m);
    expect(text).toMatch(/^Why: /m);
    expect(text).toMatch(/^Do: /m);
  });

  test('quotes errors and log lines as they are printed, and links the code of each error', () => {
    const quoted = codeBlocks(text).flatMap(({ language, lines }) => (language === 'text' ? lines : []));
    for (const line of quoted) {
      const error = Object.entries(ERROR_TABLE).find(([, { example }]) => line === `Error: ${example}`);
      if (error) expect(text).toContain(`(errors.md#${error[0]})`);
      else expect(parseLine(line, true).event, line).not.toBe('line');
    }
  });
});

test('lists every symptom in the table at its beginning', () => {
  const table = new Set(linkTargets(page.split(/^## /m)[0] ?? ''));
  const headings = symptoms.flatMap(({ title }) => [...anchors(`### ${title}`)]);
  expect(headings.filter((anchor) => !table.has(`#${anchor}`))).toEqual([]);
});
