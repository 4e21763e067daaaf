// Writes the labels of boards, one file each, in a folder next to the record.

import { join } from 'node:path';
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
  const file = join(makeLabelFolder(plan), labelName(started));
  await writeWholeFile(file, [Buffer.from(svg)], { mode: PRIVATE });
  return file;
}

/**
 * @returns the folder
 * @throws PortalError `output-failed`
 */
export function makeLabelFolder({ file: { labelFolder } }: PreparedPlan): string {
  try {
    makeFolder(labelFolder);
  } catch (error) {
    throw new PortalError('output-failed', `${labelFolder} cannot be made: ${fileErrorWords(error)}.`, {
      cause: error,
      likelyCause: 'Something else has this name, or the disk is full or read-only.',
      next: 'Remove what has this name, or make room, and run the same command again.',
    });
  }
  return labelFolder;
}

/** The MAC address stands for a serial number that is no name: in data that was sorted, two boards may have one row. */
function labelName({ row, serial, mac }: StartedLine): string {
  const name = /^[\w.-]{1,64}$/.test(serial) ? serial : mac.replaceAll(':', '');
  return `${String(row).padStart(4, '0')}-${name}.svg`;
}
