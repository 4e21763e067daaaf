// What a failed run reports: the error with its exit status, the likely cause, the next command, and a bug report.

import { ERROR_TABLE } from '../../error-table.js';
import { PortalError, withBoardState } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import type { Command } from '../command.js';
import { nextCommand } from '../options/shared.js';
import { writeReportFile } from './report-file.js';
import type { Failure } from './reporter.js';
import type { Exchange } from './serial-trace.js';

/** Some of several boards failed. */
export class BoardsFailed extends Error {
  /** The worst failure, in words for all. */
  readonly worst: Error;
  /** Of the JSON result. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The serial log of that board. */
  readonly exchange: Exchange | undefined;

  constructor({ worst, fields, exchange }: Pick<BoardsFailed, 'worst' | 'fields' | 'exchange'>) {
    super(worst.message);
    this.worst = worst;
    this.fields = fields;
    this.exchange = exchange;
  }
}

interface FailureFacts {
  readonly command: string;
  /** Replaces PORT in the next command. */
  readonly port: string | undefined;
}

export function describeFailure(thrown: unknown, { command, port }: FailureFacts): Failure {
  if (thrown instanceof BoardsFailed) {
    // Each board's own failure said what caused it.
    const { cause: _cause, ...failure } = describeFailure(thrown.worst, { command, port });
    return { ...failure, fields: thrown.fields };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (!(error instanceof PortalError)) return { error, exitCode: 1 };
  const { exitStatus, cause, next } = ERROR_TABLE[error.code];
  // What a command's own options take is in its own help.
  const advice =
    error.code === 'usage' && error.next === undefined
      ? `esp-portal ${command} --help`
      : nextCommand(error.next ?? next, port);
  return { error, exitCode: exitStatus, cause: error.likelyCause ?? cause, next: advice };
}

/** An interruption that reaches the command as it was raised came before anything was done. */
export function withUntouchedBoard(
  error: unknown,
  signal: AbortSignal,
  { isWithoutBoard }: Pick<Command, 'isWithoutBoard'>,
): unknown {
  const isUntouched = error === signal.reason && !isWithoutBoard;
  return isUntouched ? withBoardState(error, 'Nothing on the board was changed.') : error;
}

/**
 * Adds the report: of a bug it is always printed; other failures are saved with --report only.
 * @param reportFile of --report
 */
export async function withReport(
  failure: Failure,
  makeReport: () => string,
  reportFile: string | undefined,
): Promise<Failure> {
  const isBug = !(failure.error instanceof PortalError);
  if (!isBug && reportFile === undefined) return failure;
  const report = makeReport();
  const shown = isBug ? { ...failure, report } : failure;
  if (reportFile === undefined) return shown;
  try {
    await writeReportFile(reportFile, report);
    return { ...shown, reportFile };
  } catch (error) {
    // The failure of the command stays the one that is reported.
    const why = fileErrorWords(error);
    return { ...shown, reportTrouble: `The report could not be written to ${reportFile}: ${why}.` };
  }
}
