// The JSON schema of esp-portal.json: from the same table as the parser of the settings.

import type { OptionSpec, OptionTable } from '../options/option-table.js';
import { projectOptions, SCHEMA_KEY } from '../options/settings-file.js';

/** @param known every option of every command */
export function settingsSchema(known: OptionTable): Readonly<Record<string, unknown>> {
  const properties = projectOptions(known).map((option) => [option, propertyOf(known[option])] as const);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Settings of an esp-portal project',
    description: 'Options of the commands by their names. A project sets only what goes onto the board.',
    type: 'object',
    properties: {
      [SCHEMA_KEY]: { type: 'string' },
      ...Object.fromEntries(properties),
    },
    additionalProperties: false,
  };
}

function propertyOf(spec: OptionSpec = {}): Readonly<Record<string, unknown>> {
  const description = spec.describe;
  if (spec.type === 'boolean') return { description, type: 'boolean' };
  if (spec.choices) return { description, type: 'string', enum: spec.choices };
  const single = ['string', 'number'];
  const text = { description, ...(spec.mayBeEmpty ? {} : { minLength: 1 }) };
  if (!spec.listOf) return { ...text, type: single };
  return { ...text, type: [...single, 'array'], items: { type: spec.listOf } };
}
