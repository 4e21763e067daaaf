// The portal's options as they are on a board, which reads them itself: a user may have written the module.

import builtIns from '../../board-scripts/common/built_ins.py';
import settings from '../../board-scripts/facts/settings.py';
import { assemble } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import { type Settings, settingOf } from '../../portal/settings.js';

/** Prints the options as JSON in hex, on the last line. */
export const SETTINGS = assemble([builtIns, settings]);

/**
 * @returns no options without a module, or if it cannot be read
 * @throws PortalError `transfer-failed`; as RawRepl.exec
 */
export async function readPortalSettings(repl: RawRepl): Promise<Settings> {
  const line = (await repl.exec(SETTINGS)).trim().split('\n').pop() ?? '';
  let options: [name: string, representation: string, value: string | number | null][];
  try {
    options = JSON.parse(Buffer.from(line.trim(), 'hex').toString('utf8'));
  } catch (error) {
    // Its output is not shown, because it may contain a password.
    throw new PortalError('transfer-failed', 'The settings that the board sent cannot be read.', {
      cause: error,
    });
  }
  return new Map(
    options.map(([name, representation, value]) => [
      name,
      value === null ? { literal: representation, value: representation } : settingOf(value),
    ]),
  );
}
