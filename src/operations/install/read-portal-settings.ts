// The portal's options as they are on a board, which reads them itself: a user may have written the module.

import builtIns from '../../board-scripts/common/built_ins.py';
import settings from '../../board-scripts/facts/settings.py';
import { assemble } from '../../board-scripts/python-source.js';
import { isListOf, isNumber, isText, parseAnswer } from '../../micropython/board-answer.js';
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
  const json = Buffer.from(line.trim(), 'hex').toString('utf8');
  const unreadable = 'The settings that the board sent cannot be read.'; // they may contain a password
  const options = parseAnswer(json, isListOf(isOption), unreadable);
  return new Map(
    options.map(([name, representation, value]) => [
      name,
      value === null ? { literal: representation, value: representation } : settingOf(value),
    ]),
  );
}

type Option = [name: string, representation: string, value: string | number | null];

function isOption(option: unknown): option is Option {
  if (!Array.isArray(option) || option.length !== 3) return false;
  const [name, representation, value] = option;
  return isText(name) && isText(representation) && (value === null || isText(value) || isNumber(value));
}
