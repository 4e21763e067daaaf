// The file of --report: a new one, or an earlier report. Other files are never overwritten.

import { open, stat, writeFile } from 'node:fs/promises';
import { PortalError } from '../../errors.js';

/** First line of every report; see bug-report.ts. */
export const REPORT_START = 'esp-portal ';

/**
 * @returns the path, when a report may be written there
 * @throws PortalError `usage` where something else is at that path
 */
export async function checkedReportFile(path: string): Promise<string> {
  // If it cannot be read, writing reports the error.
  const status = await stat(path).catch(() => undefined);
  if (status && !status.isFile()) throw refused(path, 'is not a regular file');
  if (status && status.size > 0 && !(await isReport(path)))
    throw refused(path, 'is not a report of esp-portal');
  return path;
}

/** @throws as checkedReportFile; an error of the operating system */
export async function writeReportFile(path: string, report: string): Promise<void> {
  await writeFile(await checkedReportFile(path), report);
}

async function isReport(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(REPORT_START.length));
    return buffer.toString('latin1', 0, bytesRead) === REPORT_START;
  } catch {
    return false;
  }
}

function refused(path: string, problem: string): PortalError {
  return new PortalError('usage', `--report ${path}: this ${problem}, and is not overwritten.`, {
    next: 'Name a file that does not exist, or an earlier report.',
  });
}
