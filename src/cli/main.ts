// The command line's entry: parses, runs, and reports what is not understood.

import { PortalError } from '../errors.js';
import { ALL_OPTIONS, COMMANDS } from './commands.js';
import type { Host } from './host.js';
import { checkWords } from './options/check-words.js';
import { COMPLETE_REQUEST } from './options/completion-scripts.js';
import { createParser } from './options/parser.js';
import { defaultSources } from './options/settings.js';
import { packageVersion } from './package-version.js';

const MAX_HELP_WIDTH = 110;
const MIN_HELP_WIDTH = 40;

/** Runs one command line to its end, and sets the host's exit status. */
export async function main(host: Host): Promise<void> {
  // Once: Node.js prints what is thrown again.
  host.once('uncaughtException', async (error) => {
    const { throwCleaned } = await import('./report/uncaught.js');
    throwCleaned(error, host);
  });
  // The reader may have closed them, or the disk may be full: commands report that where it matters; it never ends the process.
  for (const stream of [host.stdout, host.stderr]) stream.on('error', () => {});

  const { env } = host;
  const argv = host.argv.slice(2);
  if (argv.includes('--no-color')) env.NO_COLOR = '1';
  if (env.NO_COLOR) env.FORCE_COLOR = '0'; // the spinner's library knows this one only

  if (argv[0] === COMPLETE_REQUEST) {
    const { answerShell } = await import('./options/completion-request.js');
    await answerShell(argv.slice(1), host);
  } else {
    await parseAndRun(argv, host);
  }
}

/** A terminal without a size reports 0 columns; in a narrow one lines wrap by themselves better than in our columns. */
function helpWidth(columns = MAX_HELP_WIDTH): number {
  return columns < MIN_HELP_WIDTH ? MAX_HELP_WIDTH : Math.min(MAX_HELP_WIDTH, columns);
}

async function parseAndRun(argv: readonly string[], host: Host): Promise<void> {
  try {
    const parser = createParser({
      argv,
      version: packageVersion(),
      sources: defaultSources(host),
      width: helpWidth(host.stdout.columns),
      run: async (command, values, settings) => {
        const { runCommand } = await import('./run.js');
        await runCommand(command, values, { settings, host });
      },
    });
    checkWords(argv, ALL_OPTIONS);
    await parser.parseAsync([...argv]);
  } catch (error) {
    const isUsage = error instanceof PortalError || (error instanceof Error && error.name === 'YError');
    if (!isUsage) throw error;
    const name = argv.find((word) => !word.startsWith('-'));
    const command = COMMANDS.find((candidate) => candidate.name === name);
    const { reportUsageError } = await import('./run.js');
    const { usageMessage } = await import('./options/usage-message.js');
    await reportUsageError(
      name ?? 'esp-portal',
      usageMessage(error.message, argv, command),
      (error instanceof PortalError ? error.next : undefined) ??
        `esp-portal ${command ? `${command.name} ` : ''}--help`,
      host,
    );
  }
}
