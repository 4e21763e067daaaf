// Parses a command line, runs its command, and reports usage errors.

import { setFlagsFromString } from 'node:v8';
import { PortalError } from '../errors.js';
import { ALL_OPTIONS, COMMANDS, TYPED_OPTIONS } from './commands.js';
import type { Host } from './host.js';
import { joinRepeated } from './join-repeated.js';
import { checkWords, markAfterDashes } from './options/check-words.js';
import { COMPLETE_REQUEST } from './options/completion/scripts.js';
import type { OptionTable } from './options/option-table.js';
import { createParser } from './options/parser.js';
import { defaultSources } from './options/settings.js';
import { COMMON_OPTIONS } from './options/shared.js';
import { packageVersion } from './package-version.js';
import { Output } from './terminal/output.js';

const MAX_HELP_WIDTH = 110;
const MIN_HELP_WIDTH = 40;

/**
 * Sets the host's exit status; throws only for bugs.
 * @param argv without node and the script
 */
export async function runCommandLine(argv: readonly string[], host: Host): Promise<void> {
  if (argv[0] === COMPLETE_REQUEST) {
    const { answerShell } = await import('./options/completion/request.js');
    await answerShell(argv.slice(1), host);
    return;
  }
  const output = new Output(host.stdout, () => {});
  try {
    const hasRun = await parseAndRun(argv, host);
    if (!hasRun) await output.written(); // help or version
  } catch (error) {
    const isUsage = error instanceof PortalError || (error instanceof Error && error.name === 'YError');
    if (!isUsage) throw error;
    const name = argv.find((word) => !word.startsWith('-')) ?? 'esp-portal';
    const { reportFailure } = await import('./run.js');
    await reportFailure(name, await withHelp(error, argv, name), { argv, host });
  }
}

/** @returns whether a command has run: it reports its own failures */
async function parseAndRun(words: readonly string[], host: Host): Promise<boolean> {
  checkWords(words, optionsOf(words));
  const argv = joinRepeated(markAfterDashes(words), ALL_OPTIONS);
  let hasRun = false;
  const parser = createParser({
    argv,
    version: packageVersion(),
    sources: defaultSources(host),
    width: helpWidth(host.stdout.columns),
    run: async (command, values, settings) => {
      hasRun = true;
      if (!command.followsBoard && host === process) takeLittleMemory();
      const { runCommand } = await import('./run.js');
      await runCommand(command, values, { settings, host });
    },
  });
  await parser.parseAsync(argv);
  return hasRun;
}

/** Of the command that the words name; of all where none is recognized. */
function optionsOf(words: readonly string[]): OptionTable {
  const first = words.find((word) => !word.startsWith('-'));
  const command = COMMANDS.find(({ name }) => name === first);
  return command ? { ...COMMON_OPTIONS, ...command.options } : TYPED_OPTIONS;
}

/** A terminal without a size reports 0 columns; in a narrow one lines wrap by themselves better than in our columns. */
function helpWidth(columns = MAX_HELP_WIDTH): number {
  return columns < MIN_HELP_WIDTH ? MAX_HELP_WIDTH : Math.min(MAX_HELP_WIDTH, columns);
}

/** In our words, with where the help is. */
async function withHelp(error: Error, argv: readonly string[], name: string): Promise<PortalError> {
  if (error instanceof PortalError && error.code !== 'usage') return error;
  const { usageMessage } = await import('./options/usage-message.js');
  const command = COMMANDS.find((candidate) => candidate.name === name);
  const next =
    (error instanceof PortalError ? error.next : undefined) ??
    `esp-portal ${command ? `${command.name} ` : ''}--help`;
  return new PortalError('usage', usageMessage(error.message, argv, command), { next });
}

/**
 * Of V8, for commands that wait for the board most of the time and end soon. Optimized code would take 6 MB, and objects
 * that live shortly as much. To be called before the modules of the operations are loaded, and after those of Node.js:
 * with other flags V8 does not take these from its cache.
 */
function takeLittleMemory(): void {
  for (const flag of ['--no-opt', '--semi-space-growth-factor=1']) setFlagsFromString(flag);
}
