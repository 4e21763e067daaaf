// The process' entry. Signals are taken before the command line is loaded: loading takes longer than a person with
// Ctrl-C, or a script with a time limit, may wait.

import { holdSignals, releaseSignals } from './terminal/signals.js';

holdSignals();

// Once: Node.js prints what is thrown again.
process.once('uncaughtException', async (error) => {
  const { throwCleaned } = await import('./report/uncaught.js');
  throwCleaned(error);
});

// The reader may have closed them, or the disk may be full: commands report that where it matters; it never ends the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const argv = process.argv.slice(2);
if (argv.includes('--no-color')) process.env.NO_COLOR = '1';
if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0'; // the only variable that ora's colours read

if (isFolderThere()) {
  const { runCommandLine } = await import('./command-line.js');
  await runCommandLine(argv, process);
} else {
  await reportMissingFolder();
}
releaseSignals();

/** yargs asks for the current folder when it is loaded. */
function isFolderThere(): boolean {
  try {
    process.cwd();
    return true;
  } catch {
    return false;
  }
}

async function reportMissingFolder(): Promise<void> {
  const { PortalError } = await import('../errors.js');
  const { reportFailure } = await import('./run.js');
  const next = 'Change to a folder that exists, such as: cd ~';
  const error = new PortalError('usage', 'The current folder was removed.', { next });
  await reportFailure('esp-portal', error, { argv, host: process });
}
