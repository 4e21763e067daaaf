// Refuses words that yargs would accept silently or report for another word.

import { PortalError } from '../../errors.js';
import type { Command } from '../command.js';
import type { OptionSpec, OptionTable } from './option-table.js';

/** @throws PortalError `usage` */
export function checkWords(argv: readonly string[], options: OptionTable): void {
  for (const [index, word] of argv.entries()) {
    if (word === '--') throw new PortalError('usage', 'esp-portal takes no "--": omit it.');
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
 * Restores the word `-`, which yargs makes empty. Any other empty word is nearly always a variable that a script has not set.
 * @throws PortalError `usage`
 */
export function checkPositionals(
  { name, positionals = [] }: Command,
  values: Readonly<Record<string, unknown>>,
  argv: readonly string[],
): Readonly<Record<string, unknown>> {
  const words = positionals.filter((word) => values[word.name] === '');
  const isHyphen = argv.includes('-');
  for (const word of words) {
    if (!isHyphen)
      throw new PortalError('usage', `${name}: ${word.name.toUpperCase()} is empty; give it a value.`);
    if (word.isFile)
      throw new PortalError('usage', `${name} takes no "-": name a file, one of that name as ./-.`);
  }
  return { ...values, ...Object.fromEntries(words.map((word) => [word.name, '-'])) };
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
