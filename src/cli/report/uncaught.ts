// An unhandled bug: Node.js ends the process and prints it, escaped like all output.

import { printable } from '../terminal/text.js';
import { cleanError } from './clean-report.js';
import { redactorFor } from './run-redactor.js';

export function throwCleaned(thrown: unknown): void {
  const redactor = redactorFor({ argv: process.argv.slice(2), env: process.env });
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const cleaned = cleanError(error, (text) => printable(redactor.mask(text)));
  setImmediate(() => {
    throw cleaned;
  });
}
