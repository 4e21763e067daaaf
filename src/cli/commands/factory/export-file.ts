// The file of factory export: a new one, or an earlier export. The record, the plan and its files are never overwritten.

import { open, stat } from 'node:fs/promises';
import { PortalError } from '../../../errors.js';

/** First columns of every export; see summary.ts. */
const EXPORT_START = 'serial,row,mac,state,';

/** @throws PortalError `usage` where something else is at that path */
export async function checkExportFile(path: string): Promise<void> {
  // A directory or device is refused, and what cannot be read is reported, when it is written.
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile() || status.size === 0 || (await isExport(path))) return;
  throw new PortalError('usage', `${path} is not an export of esp-portal factory, and is not overwritten.`, {
    next: 'Name a file that does not exist, or an earlier export.',
  });
}

async function isExport(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(EXPORT_START.length));
    return buffer.toString('latin1', 0, bytesRead) === EXPORT_START;
  } catch {
    return false;
  }
}
