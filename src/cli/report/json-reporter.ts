// NDJSON on stdout: one object a line, the last one the result.

import { PortalError } from '../../errors.js';
import { safeJson } from '../terminal/text.js';
import type { Failure, Outcome, Reporter } from './reporter.js';

/** @param write takes one line without its end */
export function jsonReporter(write: (line: string) => void): Reporter {
  const print = (object: object) => write(safeJson(object));
  return {
    progress: print,
    notice: print,
    log: ({ event, timeMs, board, raw, ...fields }) =>
      print({ event, time: new Date(timeMs).toISOString(), board, ...fields, raw }),
    milestone: () => {}, // already in the events
    done: (command, outcome) => print({ event: 'result', command, ...resultFields({ outcome }) }),
    failed: (command, failure) => print({ event: 'result', command, ...resultFields({ failure }) }),
  };
}

/** How a command ended. */
export function resultFields(end: { outcome: Outcome } | { failure: Failure }): object {
  if ('outcome' in end) return { ok: true, exitCode: 0, ...end.outcome.fields };
  const { error, exitCode, cause, next, report, reportFile, reportTrouble, fields } = end.failure;
  const { code, boardOutput } =
    error instanceof PortalError ? error : { code: 'bug', boardOutput: undefined };
  const { message } = error;
  return {
    ok: false,
    exitCode,
    error: { code, message, cause, next, report, reportFile, reportTrouble, boardOutput },
    ...fields,
  };
}
