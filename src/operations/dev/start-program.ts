// Starts the program again after an edit, as little as is enough: a board that is on its network stays there.

import isOnline from '../../board-scripts/dev/is_online.py';
import openPortal from '../../board-scripts/dev/open_portal.py';
import { literal } from '../../board-scripts/python-literal.js';
import { assemble } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { BundleFile } from '../../portal/bundle.js';
import type { SentEvent } from '../../progress.js';

const IS_PROGRAM = /^app(?:\.m?py$|\/)/;

/**
 * Ends the session of the raw REPL.
 * @param app the program's files
 * @param startsPortal the board's main.py is the portal's
 * @throws PortalError `port-lost`; the signal's reason
 */
export async function startProgram(
  repl: RawRepl,
  app: readonly BundleFile[],
  startsPortal: boolean,
): Promise<SentEvent['restart']> {
  try {
    await repl.softReset();
    const hasProgram = startsPortal && app.some(({ path }) => IS_PROGRAM.test(path));
    // What main.py would do now is to join the same network again, and to import the program.
    if (hasProgram && (await repl.exec(assemble([isOnline]))).trim() === '1') {
      await repl.leaveWith('import app');
      return 'app';
    }
    await repl.leaveWithSoftReset();
    return 'soft';
  } catch (error) {
    if (!(error instanceof PortalError) || error.code.startsWith('port-')) throw error;
    await repl.abortAndReset(); // boot.py waits for something
    return 'hard';
  }
}

/**
 * Opens the portal, whatever networks are stored. Ends the session of the raw REPL.
 * @throws as RawRepl.exec
 */
export async function startPortalNow(repl: RawRepl): Promise<void> {
  await repl.softReset();
  await repl.exec(`open_portal=${literal(assemble([openPortal]))}`);
  await repl.leaveWith('exec(open_portal)');
}
