// What yargs does not understand, in our words.

import { didYouMean, nearest } from '../../input/did-you-mean.js';
import type { Command } from '../command.js';
import { ALL_OPTIONS, COMMANDS } from '../commands.js';
import { withoutMark } from './check-words.js';
import { COMMON_OPTIONS } from './shared.js';

/**
 * @param message yargs' own
 * @param argv the command line
 * @param command which one it names, if it does
 */
export function usageMessage(message: string, argv: readonly string[], command: Command | undefined): string {
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  // yargs-parser gives this one word another name, for safety.
  if (unknown !== undefined) return unknownWord(unknown.replace('___proto___', '__proto__'), argv, command);
  const valueless = /^Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (valueless !== undefined) return `${dashed(valueless)} needs a value.`;
  const [first] = command?.positionals ?? [];
  if (first && message.startsWith('Not enough non-option')) {
    if (!first.choices) return `${command?.name} needs ${first.name.toUpperCase()}.`;
    return `${command?.name} needs ${/^[aeiou]/.test(first.name) ? 'an' : 'a'} ${first.name}: ${first.choices.join(', ')}.`;
  }
  const wrong = /Argument: (\S+), Given: "(.*?)", Choices: (.*)/s.exec(message);
  if (wrong)
    return `${wrong[1]} cannot be "${wrong[2]}"; it is one of ${wrong[3]?.replaceAll('"', '').replace(/^, /, '')}.`;
  return message;
}

function unknownWord(word: string, argv: readonly string[], command: Command | undefined): string {
  const given = argv.find((given) => given.startsWith('-') && given.includes(word));
  if (given === undefined || word !== withoutMark(word)) {
    if (command) return `${command.name} takes no "${withoutMark(word)}".`;
    const names = COMMANDS.map(({ name }) => name);
    return `There is no command ${word}.${didYouMean(nearest(word, names))}`;
  }
  const options = command ? { ...COMMON_OPTIONS, ...command.options } : ALL_OPTIONS;
  const guess = nearest(word, Object.keys(options));
  const typed = argv.map((one) => one.split('=', 1)[0]);
  const option = typed.find((one) => one === `-${word}` || one === `--${word}`) ?? dashed(word);
  const asValue =
    command?.positionals && !guess ? ' A value that begins with a hyphen goes last, after --.' : '';
  return `There is no option ${option}.${didYouMean(guess && `--${guess}`)}${asValue}`;
}

/** As it is typed: one letter has one hyphen. */
function dashed(option: string): string {
  return option.length === 1 ? `-${option}` : `--${option}`;
}
