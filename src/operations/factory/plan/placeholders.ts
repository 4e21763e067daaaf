// Texts of a plan with placeholders: {serial}, {mac}, {mac:6}, {random:12} and columns of the data. Pure.

/** What is known of one board. */
export interface BoardValues {
  /** Six lower-case hex pairs with colons. */
  readonly mac: string;
  readonly serial: string;
  /** Its row of the data, by column. */
  readonly columns: ReadonlyMap<string, string>;
  /** Random texts by their lengths. */
  readonly random: ReadonlyMap<number, string>;
}

/** Names that a column of the data cannot have. */
export const BUILT_IN_NAMES: readonly string[] = ['mac', 'random'];

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_-]*`;
const PLACEHOLDER = new RegExp(String.raw`\{(${NAME})(?::(\d{1,4}))?\}`, 'gu');
const RANDOM_LENGTHS = { min: 4, max: 64 };
const MAC_DIGITS = 12;

interface Placeholder {
  readonly text: string;
  readonly name: string;
  readonly length: number | undefined;
}

function placeholdersIn(template: string): Placeholder[] {
  return Array.from(template.matchAll(PLACEHOLDER), ([text, name = '', length]) => ({
    text,
    name,
    length: length === undefined ? undefined : Number(length),
  }));
}

/** Lengths of the random texts that templates need. */
export function randomLengthsIn(templates: readonly string[]): number[] {
  const lengths = templates
    .flatMap(placeholdersIn)
    .flatMap(({ name, length }) => (name === 'random' && length !== undefined ? [length] : []));
  return [...new Set(lengths)];
}

/**
 * @param columns of the data, `serial` included where it is known without one
 * @returns what is wrong with the placeholders of a template, if anything; without a full stop
 */
export function placeholderFault(template: string, columns: readonly string[]): string | undefined {
  for (const { text, name, length } of placeholdersIn(template)) {
    if (name === 'random') {
      const { min, max } = RANDOM_LENGTHS;
      if (length === undefined || length < min || length > max)
        return `${text} needs a length from ${min} to ${max}, such as {random:12}`;
    } else if (name === 'mac') {
      if (length !== undefined && (length < 1 || length > MAC_DIGITS))
        return `${text} takes 1 to ${MAC_DIGITS} hex digits, such as {mac:6}`;
    } else if (length !== undefined) return `${text} takes no length: only {random:…} and {mac:…} do`;
    else if (!columns.includes(name)) return `${text} is unknown: ${knownNames(columns)}`;
  }
  return undefined;
}

function knownNames(columns: readonly string[]): string {
  return ['{mac}', '{random:12}', ...columns.map((column) => `{${column}}`)].join(', ');
}

/** Text in braces that is no placeholder, such as `{serial }`: in a setting that is a mistake. */
export function strayBraces(template: string): string | undefined {
  return /\{[^}]*\}?/u.exec(template.replace(PLACEHOLDER, ''))?.[0];
}

/** @param quote for the place of the values, such as XML */
export function fillPlaceholders(
  template: string,
  values: BoardValues,
  quote: (text: string) => string = (text) => text,
): string {
  return template.replace(PLACEHOLDER, (text, name: string, length?: string) => {
    const value = placeholderValue(name, length === undefined ? undefined : Number(length), values);
    return value === undefined ? text : quote(value);
  });
}

function placeholderValue(name: string, length: number | undefined, values: BoardValues): string | undefined {
  if (name === 'random') return values.random.get(length ?? 0);
  if (name !== 'mac')
    return length !== undefined ? undefined : name === 'serial' ? values.serial : values.columns.get(name);
  return length === undefined ? values.mac : values.mac.replaceAll(':', '').slice(-length);
}
