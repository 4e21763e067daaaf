// Values for the custom fields of a board's portal: which fields it has, what they can be set to, and where they are stored.

import fields from '../../board-scripts/wifi/fields.py';
import { PortalError } from '../../errors.js';
import { isListOf, isText } from '../../micropython/board-answer.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import { type BoardField, isFieldType, valueFault } from '../../portal/fields.js';
import { execWithPortal, notWritten } from './wifi-session.js';

/** Values by the names of fields. */
export type FieldValues = ReadonlyMap<string, string>;

/** As fields.py answers it. */
type Row = readonly [name: string, type: BoardField['type'], required: boolean, choices: readonly string[]];

function isRow(value: unknown): value is Row {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [name, type, required, choices] = value;
  return (
    isText(name) &&
    isFieldType(type) &&
    typeof required === 'boolean' &&
    Array.isArray(choices) &&
    choices.every(isText)
  );
}

export async function readFields(repl: RawRepl): Promise<BoardField[]> {
  const rows = await execWithPortal(repl, fields, { HAS_VALUES: false, VALUES: '' }, isListOf(isRow));
  return rows.map(([name, type, required, choices]) => ({ name, type, required, choices }));
}

/** @throws PortalError `board-error` if the board could not write them */
export async function storeValues(repl: RawRepl, values: FieldValues): Promise<void> {
  const isStored = (answer: unknown): answer is boolean => typeof answer === 'boolean';
  if (await execWithPortal(repl, fields, { HAS_VALUES: true, VALUES: values }, isStored)) return;
  throw notWritten('the values of the fields');
}

/**
 * Values are not repeated in messages: one may be a password.
 * @throws PortalError `usage` for a field that the portal does not have, or a value that it would not take
 */
export function checkValues(known: readonly BoardField[], values: FieldValues): void {
  for (const [name, value] of values) {
    const field = known.find((each) => each.name === name);
    if (!field) throw unknownField(name, known);
    const fault = valueFault(field, value);
    if (fault === undefined) continue;
    throw new PortalError('usage', `The value of the field ${name} ${fault}.`);
  }
}

function unknownField(name: string, known: readonly BoardField[]): PortalError {
  if (known.length === 0) {
    return new PortalError('usage', `The portal on the board has no fields, and so no "${name}".`, {
      // Without a label: what follows `mqtt_password=` would be masked.
      next: `Add it to the form: esp-portal install --field ${name} --port PORT`,
    });
  }
  const names = known.map((field) => field.name).join(', ');
  return new PortalError('usage', `The portal on the board has no field "${name}". It has: ${names}.`);
}
