// Writes the labels of boards, one file each, in a folder next to the record.

import { basename, dirname, join } from 'node:path';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import { makeFolder } from '../../input/make-folder.js';
import { writeWholeFile } from '../../input/write-whole-file.js';
import type { PreparedPlan } from './plan/prepare-plan.js';
import type { StartedLine } from './record/record-lines.js';

/** It may have a password. */
const PRIVATE = 0o600;

/**
 * @returns the file, `undefined` where the plan has no label
 * @throws PortalError `output-failed`
 */
export async function writeLabel(plan: PreparedPlan, started: StartedLine): Promise<string | undefined> {
  const svg = await plan.label(plan.values(started));
  if (svg === undefined) return undefined;
  const folder = labelFolder(plan.file.record);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new PortalError('output-failed', `${folder} cannot be made: ${fileErrorWords(error)}.`, {
      cause: error,
    });
  }
  const file = join(folder, labelName(started));
  await writeWholeFile(file, [Buffer.from(svg)], { mode: PRIVATE });
  return file;
}

/** `made-labels/` of `made.jsonl`. */
function labelFolder(record: string): string {
  return join(dirname(record), `${basename(record, '.jsonl')}-labels`);
}

/** The row makes the name unique, also where capital letters count for nothing. */
function labelName({ row, serial }: StartedLine): string {
  const name = /^[\w.-]{1,64}$/.test(serial) ? `-${serial}` : '';
  return `${String(row).padStart(4, '0')}${name}.svg`;
}
