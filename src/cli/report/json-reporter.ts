// NDJSON on stdout: one object a line, the last one the result.

import { PortalError } from '../../errors.js';
import { safeJson } from '../terminal/text.js';
import type { Reporter } from './reporter.js';

/** @param write takes one line without its end */
export function jsonReporter(write: (line: string) => void): Reporter {
  const print = (object: object) => write(safeJson(object));
  return {
    progress: print,
    notice: print,
    log: ({ event, timeMs, board, raw, ...fields }) =>
      print({ event, time: new Date(timeMs).toISOString(), board, ...fields, raw }),
    milestone: () => {}, // already in the events
    done: (command, { fields }) => print({ event: 'result', command, ok: true, exitCode: 0, ...fields }),
    failed: (command, { error, exitCode, cause, next, report, reportFile, reportTrouble }) =>
      print({
        event: 'result',
        command,
        ok: false,
        exitCode,
        error: {
          code: error instanceof PortalError ? error.code : 'bug',
          message: error.message,
          cause,
          next,
          report,
          reportFile,
          reportTrouble,
          ...(error instanceof PortalError && { boardOutput: error.boardOutput }),
        },
      }),
  };
}
