// A bug that nothing awaits: Node.js ends the process and prints it, cleaned like everything else.

import { Redactor } from '../../log/redaction/redactor.js';
import { ALL_OPTIONS } from '../commands.js';
import type { Host } from '../host.js';
import { printable } from '../terminal/text.js';
import { cleanError, secretValues } from './redaction.js';

export function throwCleaned(thrown: unknown, { argv, env }: Pick<Host, 'argv' | 'env'>): void {
  const given = { argv: argv.slice(2), env };
  const redactor = new Redactor(secretValues(ALL_OPTIONS, given));
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const cleaned = cleanError(error, (text) => printable(redactor.mask(text)));
  setImmediate(() => {
    throw cleaned;
  });
}
