// The command line's entry: parses, runs, and reports what is not understood.

import { readFileSync } from 'node:fs';
import { PortalError } from '../errors.js';
import type { OptionTable } from './command.js';
import { ALL_OPTIONS, COMMANDS } from './commands.js';
import { COMMON_OPTIONS } from './options.js';
import { createParser } from './parser.js';
import { reportUsageError, runCommand } from './run.js';
import { usualPlace } from './settings.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const argv = process.argv.slice(2);
if (argv.includes('--no-color')) process.env.NO_COLOR = '1';

try {
  const parser = createParser({
    version,
    place: usualPlace(),
    width: Math.min(110, process.stdout.columns ?? 110),
    run: runCommand,
  });
  await parser.parseAsync(argv);
} catch (error) {
  const isUsage = error instanceof PortalError || (error instanceof Error && error.name === 'YError');
  if (!isUsage) throw error;
  const name = argv.find((word) => !word.startsWith('-'));
  const command = COMMANDS.find((candidate) => candidate.name === name);
  const options = command ? { ...COMMON_OPTIONS, ...command.options } : ALL_OPTIONS;
  await reportUsageError(
    name ?? 'esp-portal',
    await withGuess(error.message, options),
    `esp-portal ${command ? `${command.name} ` : ''}--help`,
    argv.includes('--json'),
  );
}

/** yargs knows what a misspelt command was meant to be; options are left to us. */
async function withGuess(message: string, options: OptionTable): Promise<string> {
  const word = /^Unknown arguments?: ([\w-]+)/.exec(message)?.[1];
  if (word === undefined) return message;
  const { didYouMean } = await import('./did-you-mean.js');
  const guess = didYouMean(word, Object.keys(options));
  return `There is no option --${word}.${guess ? ` Did you mean --${guess}?` : ''}`;
}
