// The user's own fields of the form: what they can be, and how a person writes one on a command line. Pure.

import { isObject } from '../input/parse-json.js';
import { staticAddressFault } from './static-address.js';

/** Of the field for a static address, which no user defines. */
export const ADDRESS_TYPE = 'static';
const FIELD_TYPES = ['text', 'number', 'url', 'password', 'choice'] as const;

export interface PortalField {
  /** By which the program on the board reads the value; an identifier. */
  readonly name: string;
  readonly label: string;
  readonly type: (typeof FIELD_TYPES)[number] | typeof ADDRESS_TYPE;
  readonly default: string;
  readonly required: boolean;
  /** Below the field; may be empty. */
  readonly hint: string;
  /** Of the type `choice`. */
  readonly choices: readonly string[];
}

/** What a board knows of a field of its form, to check a value. */
export type BoardField = Pick<PortalField, 'name' | 'type' | 'required' | 'choices'>;

/** What may be left out has a default. */
export type FieldOptions = Partial<PortalField> & Pick<PortalField, 'name'>;

/** The description of the fields on the board, for device-py/kept.py. */
export const FIELDS_FILE = 'custom_fields.json';
/** Their values on the board. */
export const FIELD_VALUES_FILES: readonly string[] = ['portal_fields.json', 'portal_fields.json.new'];

/** As a settings file has it: all but the name may be left out. */
type Attributes = Readonly<Record<string, unknown>>;

/** A phone's form has 1 KB at most, with the network and its password. */
const MAX_FIELDS = 8;
const MAX_NAME = 20;
const MAX_TEXT = 60;
const MAX_CHOICES = 12;
/** device-py/index.py has the same limit. */
const MAX_VALUE_BYTES = 256;

/** Of the field for a static address. */
export const ADDRESS_NAME = 'static_ip';
/** Of the form itself. */
const TAKEN_NAMES: readonly string[] = ['ssid', 'other', 'password', ADDRESS_NAME];
/** Control characters, halves of characters, and what a board escapes when it shows a text. */
const NOT_TEXT = /[\p{Cc}\p{Cs}\ufffd\u2000-\u200f\u2020-\u202f\u2060-\u206f\ufef0-\ufeff]/u;

/** What a person wrote cannot be a field. The message names the field, without a full stop. */
export class FieldFault extends Error {}

/** The name comes last: `mqtt_password: …` would be masked like a password. */
function fieldFault(name: string, what: string): FieldFault {
  return new FieldFault(`${what} (field ${name})`);
}

/**
 * @param text lines such as `port=Port;type=number;default=1883;required`, or a JSON array of such lines and of objects
 * @throws FieldFault
 */
export function parseFields(text: string): PortalField[] {
  const rows: unknown[] = text.startsWith('[') ? parseArray(text) : text.split('\n');
  return checkFields(rows.map((row) => (typeof row === 'string' ? fromLine(row) : row)));
}

/**
 * @returns the fields with all attributes
 * @throws FieldFault
 */
export function checkFields(rows: readonly unknown[]): PortalField[] {
  if (rows.length > MAX_FIELDS)
    throw new FieldFault(`a form has up to ${MAX_FIELDS} fields, not ${rows.length}`);
  const fields = rows.map(toField);
  for (const [index, { name }] of fields.entries()) {
    const isTwice = fields.findIndex((other) => other.name === name) < index;
    if (isTwice) throw fieldFault(name, 'two fields have this name');
  }
  return fields;
}

export function isFieldType(value: unknown): value is PortalField['type'] {
  return value === ADDRESS_TYPE || FIELD_TYPES.some((type) => type === value);
}

/** Where the form asks for a static address; device-py/static_join.py reads its value. */
export function addressField(label: string): PortalField {
  return {
    ...{ name: ADDRESS_NAME, label, type: ADDRESS_TYPE },
    ...{ default: '', required: false, hint: '', choices: [] },
  };
}

/** What the board must know; texts of the page are in the page. */
export function fieldsFile(fields: readonly PortalField[]): Uint8Array {
  return Buffer.from(
    JSON.stringify(
      fields.map(({ name, label, type, required, choices, ...field }) => [
        name,
        label,
        type,
        field.default,
        required,
        choices,
      ]),
    ),
  );
}

function parseArray(text: string): unknown[] {
  try {
    return JSON.parse(text) as unknown[];
  } catch (error) {
    throw new FieldFault(`it is not JSON: ${(error as Error).message}`);
  }
}

/** `name=Label;attribute=value;…;required`. */
function fromLine(line: string): Attributes {
  const [first = '', ...rest] = line.split(';');
  const [name, label] = halves(first);
  const attributes: Record<string, unknown> = { name: name.trim(), ...(label !== undefined && { label }) };
  for (const part of rest) {
    const [key, value] = halves(part);
    const attribute = key.trim();
    if (Object.hasOwn(attributes, attribute)) throw fieldFault(name, `"${attribute}" is set twice`);
    if (attribute === 'required' && value === undefined) attributes.required = true;
    else if (attribute === 'choices') attributes.choices = (value ?? '').split('|');
    else if (value === undefined) throw fieldFault(name, `"${attribute}" needs a value`);
    else attributes[attribute] = value;
  }
  return attributes;
}

function halves(text: string): [before: string, after: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const ATTRIBUTES: readonly string[] = [
  'name',
  'label',
  'type',
  'default',
  'required',
  'hint',
  'choices',
] satisfies (keyof PortalField)[];

function toField(row: unknown): PortalField {
  if (!isObject(row)) throw new FieldFault('a field is an object with a name');
  const given = row as Attributes;
  const { name } = given;
  if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name) || name.length > MAX_NAME)
    throw fieldFault(
      JSON.stringify(name),
      `a name has up to ${MAX_NAME} letters (a to z), digits and _, and no digit in front`,
    );
  const fail = (what: string): never => {
    throw fieldFault(name, what);
  };
  if (TAKEN_NAMES.includes(name)) fail('the form itself has a field of this name');
  for (const key of Object.keys(given)) {
    if (!ATTRIBUTES.includes(key)) fail(`"${key}" is not one of ${ATTRIBUTES.slice(1).join(', ')}`);
  }
  const text = (key: string, fallback: string, max = MAX_TEXT): string => {
    const raw = given[key] ?? fallback;
    const value = typeof raw === 'number' && key === 'default' ? String(raw) : raw;
    if (typeof value !== 'string') return fail(`${key} is not a text`);
    if (NOT_TEXT.test(value)) fail(`${key} has control characters or invisible ones`);
    const { length } = Array.from(value);
    if (length > max) fail(`${key} has ${length} characters; ${max} are the limit`);
    return value;
  };
  const type = FIELD_TYPES.find((known) => known === (given.type ?? 'text'));
  const field: PortalField = {
    name,
    label: text('label', name),
    type: type ?? fail(`type is one of ${FIELD_TYPES.join(', ')}`),
    default: text('default', '', MAX_VALUE_BYTES),
    required:
      typeof (given.required ?? false) === 'boolean'
        ? given.required === true
        : fail('required is true or false'),
    hint: text('hint', ''),
    choices: choicesOf(given.choices ?? [], fail),
  };
  if (field.label.trim() === '') fail('the label is empty');
  const fault = typeFault(field);
  return fault === undefined ? field : fail(fault);
}

function choicesOf(choices: unknown, fail: (what: string) => never): readonly string[] {
  const isValid = (choice: unknown): choice is string =>
    typeof choice === 'string' &&
    choice.trim() === choice &&
    choice !== '' &&
    choice.length <= MAX_TEXT &&
    !NOT_TEXT.test(choice);
  if (!Array.isArray(choices) || !choices.every(isValid))
    return fail(`choices are texts of 1 to ${MAX_TEXT} characters, without spaces at their ends`);
  if (choices.length > MAX_CHOICES) fail(`it has ${choices.length} choices; ${MAX_CHOICES} are the limit`);
  return new Set(choices).size < choices.length ? fail('a choice is there twice') : choices;
}

function typeFault({ type, choices, ...field }: PortalField): string | undefined {
  if (type === 'choice' && choices.length < 2) return 'the type choice needs choices=a|b';
  if (type !== 'choice' && choices.length > 0) return 'only the type choice has choices';
  const fault = valueFault({ type, choices, required: false }, field.default);
  return fault && `default ${JSON.stringify(field.default.slice(0, MAX_TEXT))} ${fault}`;
}

/**
 * What is wrong with a value, if anything, as the rest of a sentence which does not repeat it. device-py/index.py checks what a
 * phone sends in the same way.
 */
export function valueFault(
  { type, required, choices }: Omit<BoardField, 'name'>,
  value: string,
): string | undefined {
  if (NOT_TEXT.test(value)) return 'has control characters or invisible ones';
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_VALUE_BYTES) return `has ${bytes} bytes; ${MAX_VALUE_BYTES} are the limit`;
  if (value === '') return required ? 'is empty, and the field is required' : undefined;
  if (type === 'number' && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return 'is not a number';
  if (type === 'url' && !URL.canParse(value)) return 'is not a URL';
  if (type === ADDRESS_TYPE) return staticAddressFault(value);
  if (type === 'choice' && !choices.includes(value)) return `is not one of: ${choices.join(', ')}`;
  return undefined;
}
