// What a failed run reports: the error with its exit status, the likely cause, the next command, and a bug report.

import { ERROR_TABLE } from '../../error-table.js';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import { nextCommand } from '../options/shared.js';
import { writeReportFile } from './report-file.js';
import type { Failure } from './reporter.js';

interface FailureFacts {
  readonly command: string;
  /** Replaces PORT in the next command. */
  readonly port: string | undefined;
}

export function describeFailure(thrown: unknown, { command, port }: FailureFacts): Failure {
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
