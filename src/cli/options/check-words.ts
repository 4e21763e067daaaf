// Refuses words that yargs would accept silently or report for another word.

import { PortalError } from '../../errors.js';
import type { Command } from '../command.js';
import type { OptionSpec, OptionTable } from './option-table.js';

/** In front of a word after `--` that looks like an option: no word of a command line can contain it. */
const NO_OPTION = '\0';

/** Words after `--` are no options. yargs keeps them from the positionals of a command, so here they get a mark. */
export function markAfterDashes(argv: readonly string[]): string[] {
  const at = argv.indexOf('--');
  if (at < 0) return [...argv];
  const words = argv.slice(at + 1).map((word) => (word.startsWith('-') ? NO_OPTION + word : word));
  return [...argv.slice(0, at), ...words];
}

export function withoutMark(word: string): string {
  return word.startsWith(NO_OPTION) ? word.slice(NO_OPTION.length) : word;
}

/** @throws PortalError `usage`, for an option that does not exist in the words of yargs */
export function checkWords(argv: readonly string[], options: OptionTable): void {
  for (const [index, word] of argv.entries()) {
    if (word === '--') return;
    const unknown = unknownOption(word, options);
    if (unknown !== undefined) throw new PortalError('usage', `Unknown argument: ${unknown}`);
    const [, name = '', value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = optionOf(word, name, options);
    if (option?.spec.type === 'boolean' && value !== undefined && value !== 'true' && value !== 'false') {
      throw new PortalError('usage', `--${option.name} is a switch and takes no "${value}".`);
    }
    const next = argv[index + 1] ?? '';
    if (option?.spec.requiresArg && value === undefined && /^-[^\d]/.test(next)) {
      throw new PortalError(
        'usage',
        `--${option.name} needs a value. Write one that begins with a hyphen as --${option.name}=${next}.`,
      );
    }
  }
}

/**
 * Removes marks and restores the word `-`, which yargs makes empty. Any other empty word is nearly always a variable that a script has not set.
 * @throws PortalError `usage`
 */
export function checkPositionals(
  { name, positionals = [] }: Command,
  values: Readonly<Record<string, unknown>>,
  argv: readonly string[],
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === 'string' ? withoutMark(value) : value,
  ]);
  const given = Object.fromEntries(entries) as typeof values;
  const words = positionals.filter((word) => given[word.name] === '');
  const isHyphen = argv.includes('-');
  for (const word of words) {
    if (!isHyphen)
      throw new PortalError('usage', `${name}: ${word.name.toUpperCase()} is empty; give it a value.`);
    if (word.isFile)
      throw new PortalError('usage', `${name} takes no "-": name a file, one of that name as ./-.`);
  }
  return { ...given, ...Object.fromEntries(words.map((word) => [word.name, '-'])) };
}

/** yargs finds a missing word first, and in `-dash` the h for the help. */
function unknownOption(word: string, options: OptionTable): string | undefined {
  const [, hyphens, name = ''] = /^(--?)([^=]+)/s.exec(word) ?? [];
  if (hyphens === undefined || /^-[\d.]+$/.test(word)) return undefined;
  if (hyphens === '--') {
    const isKnown = [name, name.replace(/^no-/, '')].some(
      (known) => Object.hasOwn(options, known) || known === 'help' || known === 'version',
    );
    return isKnown ? undefined : name;
  }
  for (const letter of name) {
    const option = Object.values(options).find(({ alias }) => alias === letter);
    if (!option && letter !== 'h') return name.startsWith(letter) ? name : letter;
    if (option && option.type !== 'boolean') return undefined; // the rest is its value
  }
  return undefined;
}

function optionOf(
  word: string,
  name: string,
  options: OptionTable,
): { name: string; spec: OptionSpec } | undefined {
  const entry = Object.entries(options).find(([long, { alias }]) =>
    word.startsWith('--') ? long === name : alias === name,
  );
  return entry && { name: entry[0], spec: entry[1] };
}
