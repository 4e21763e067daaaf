// The schema of esp-portal.json that is shipped says what the parser of the settings says. `npm run docs` writes it anew.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ALL_OPTIONS } from '../../src/cli/commands.js';
import { readSettings } from '../../src/cli/options/settings.js';
import { projectOptions } from '../../src/cli/options/settings-file.js';
import { settingsSchema } from '../../src/cli/project/settings-schema.js';

const SCHEMA = settingsSchema(ALL_OPTIONS) as {
  properties: Record<string, Rule>;
  additionalProperties: boolean;
};
const folder = mkdtempSync(join(tmpdir(), 'esp-portal-schema-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('docs/esp-portal.schema.json is up to date', async () => {
  const text = `${JSON.stringify(SCHEMA, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/esp-portal.schema.json');
});

interface Rule {
  readonly type: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minLength?: number;
  readonly items?: Rule;
}

/** As much of JSON schema as this one has. */
function matches(value: unknown, rule: Rule): boolean {
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (![rule.type].flat().includes(type)) return false;
  if (rule.enum && !rule.enum.includes(value)) return false;
  if (typeof value === 'string' && value.length < (rule.minLength ?? 0)) return false;
  const { items } = rule;
  return !Array.isArray(value) || (items !== undefined && value.every((item) => matches(item, items)));
}

/** Of the parser about a value's form, rather than about what it means. */
const REFUSED_FORM =
  /takes (?:true or false|a text or a number|a list of texts)|cannot be ".*"; it is one of|is empty\./;

function parserTakes(option: string, value: unknown): boolean {
  writeFileSync(join(folder, 'esp-portal.json'), JSON.stringify({ $schema: './x.json', [option]: value }));
  const sources = { env: {}, folder, home: '/', userFile: join(folder, 'none.json') };
  try {
    readSettings(ALL_OPTIONS, ALL_OPTIONS, sources);
    return true;
  } catch (error) {
    return !REFUSED_FORM.test((error as Error).message);
  }
}

describe.each(projectOptions(ALL_OPTIONS))('%s', (option) => {
  const rule = SCHEMA.properties[option] ?? { type: 'nothing' };

  test.each([true, 'x', '', 5, null, {}, ['x'], [{}], rule.enum?.[0] ?? 'y'].map((value) => [value]))(
    'takes %j where the parser takes it',
    (value) => {
      // What an object of a field has to have is not in the schema.
      expect(matches(value, rule)).toBe(parserTakes(option, value));
    },
  );
});

test('has no other options', () => {
  const { properties, additionalProperties } = SCHEMA;
  expect(Object.keys(properties).sort()).toEqual(['$schema', ...projectOptions(ALL_OPTIONS)].sort());
  expect(additionalProperties).toBe(false);
  expect(() => parserTakes('port', 'x')).not.toThrow();
});
