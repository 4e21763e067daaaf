// What leaves through a reporter, cleaned: every text of every event, result and error passes one function.

import { PortalError } from '../../errors.js';
import type { Failure, Reporter } from './reporter.js';

/** Masks or escapes a text. */
export type Clean = (text: string) => string;

/**
 * A reporter to which only cleaned texts come.
 * @param cleanLog for the board's log, where it is treated differently
 */
export function cleanReporter(reporter: Reporter, clean: Clean, cleanLog: Clean = clean): Reporter {
  return {
    progress: (event) => reporter.progress(cleaned(event, clean)),
    notice: (notice) => reporter.notice(cleaned(notice, clean)),
    log: (entry) => reporter.log(cleaned(entry, cleanLog)),
    milestone: (lines) => reporter.milestone(cleaned(lines, clean)),
    done: (command, outcome) => reporter.done(command, cleaned(outcome, clean)),
    failed: (command, failure) => reporter.failed(command, cleanFailure(failure, clean)),
  };
}

function cleanFailure({ error, ...texts }: Failure, clean: Clean): Failure {
  return { ...cleaned(texts, clean), error: cleanError(error, clean) };
}

/** The same value with all texts in it cleaned. Values of other classes are none that a reporter shows. */
export function cleaned<T>(value: T, clean: Clean): T {
  if (typeof value === 'string') return clean(value) as T;
  if (Array.isArray(value)) return value.map((element) => cleaned(element, clean)) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, element]) => [name, cleaned(element, clean)]),
  ) as T;
}

/** The same error with all its texts cleaned, also those of its causes. */
export function cleanError(error: Error, clean: Clean): Error {
  const cause = error.cause instanceof Error ? { cause: cleanError(error.cause, clean) } : {};
  const message = clean(error.message);
  const result =
    error instanceof PortalError
      ? error.with({
          message,
          ...cause,
          ...(error.boardOutput !== undefined && { boardOutput: clean(error.boardOutput) }),
          ...(error.likelyCause !== undefined && { likelyCause: clean(error.likelyCause) }),
          ...(error.next !== undefined && { next: clean(error.next) }),
        })
      : Object.assign(new Error(message, cause), { name: clean(error.name) });
  if (error.stack !== undefined) result.stack = clean(error.stack);
  return result;
}
