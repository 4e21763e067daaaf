// esp-portal run

import { PortalError } from '../../../errors.js';
import { defineCommand } from '../../command.js';
import { timeoutOption } from '../../options/shared.js';

/** More than any board has memory to compile. */
const MAX_PROGRAM_BYTES = 1024 * 1024;

const STDIN = '-';

export const RUN_OPTIONS = {
  ...timeoutOption('Seconds that the program may run (default: no limit)'),
} as const;

export const runCommand = defineCommand({
  name: 'run',
  followsBoard: true,
  summary: 'Run a program of this computer in the memory of the board, and show its output',
  details: [
    'The program is compiled in the memory of the board; no file on the board is changed. It finds the modules on the board, starts after `boot.py`, and replaces `main.py` until it ends. Then the board restarts as usual.',
    'Ctrl-C interrupts the program. One that ignores Ctrl-C is ended by a reset. A program that restarts the board ends the command.',
    'A traceback ends the command with status 7 and names the file on this computer. A terminal gets no control sequences of the board; a pipe gets the bytes. Passwords are masked. With `--json`, the output comes as [events](events.md), and `ended` in the result is `done`, `soft-reset` (`sys.exit()`, `machine.soft_reset()`) or `restarted`.',
  ],
  options: RUN_OPTIONS,
  positionals: [{ name: 'file', describe: 'The program; `-` reads it from standard input' }],
  examples: [
    ['run main.py', 'run a program once'],
    ['run main.py --timeout 10', 'stop it after ten seconds if it still runs, with exit status 8'],
    ['run - < main.py', 'run what standard input has'],
  ],
  async run(values, context) {
    const { file } = values as unknown as { readonly file: string };
    const isStdin = file === STDIN;
    const { runOnTerminal } = await import('../../terminal/program/run-terminal.js');
    const name = isStdin ? '<stdin>' : file;
    const code = await (isStdin ? readStdin(context.host.stdin, context.signal) : readFile(file));
    return runOnTerminal({ code, name }, values, context);
  },
});

/** @throws PortalError `usage` */
async function readFile(path: string): Promise<Uint8Array> {
  const { FileProblem, readRegularFile } = await import('../../../input/regular-file.js');
  try {
    return await readRegularFile(path, { maxBytes: MAX_PROGRAM_BYTES });
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new PortalError('usage', `${path} ${error.message}.`, {
      cause: error,
      next: 'Name a file with a Python program: esp-portal run FILE',
    });
  }
}

/** @throws PortalError `usage` for more than any board can compile; the signal's reason */
async function readStdin(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<Uint8Array> {
  const { addAbortSignal } = await import('node:stream');
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const piece of addAbortSignal(signal, stdin)) {
      pieces.push(Buffer.from(piece));
      sizeBytes += pieces.at(-1)?.length ?? 0;
      if (sizeBytes > MAX_PROGRAM_BYTES)
        throw new PortalError('usage', 'Standard input has more than 1 MB, more than a board can compile.');
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return Buffer.concat(pieces);
}
