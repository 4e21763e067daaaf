// Writes files of this computer whole or not at all: under a temporary name, which then takes the place of the old file.

import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PortalError } from '../errors.js';
import { fileErrorWords, missingFolder } from './file-error.js';

/** Each takes up to 3 bytes of the 255 that a name may have. */
const MAX_DRAFT_CHARACTERS = 80;

/**
 * @param pieces of the file, in order
 * @param mode permissions of a new file
 * @throws PortalError `output-failed`; the old file is there then, also a device, pipe or directory
 */
export async function writeWholeFile(
  path: string,
  pieces: readonly Uint8Array[],
  { mode = 0o666 }: { mode?: number } = {},
): Promise<void> {
  await refuseSpecialFile(path);
  const draft = draftFor(path);
  try {
    await using file = await open(draft, 'wx', mode);
    for (const piece of pieces) await file.writeFile(piece);
    await file.sync();
    await file.close();
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw new PortalError('output-failed', `${path} cannot be written: ${fileErrorWords(error)}.`, {
      cause: error,
      ...missingFolder(error),
    });
  }
}

/** In the same folder, so that it can be renamed, and cut where the file's name has the maximum length. */
function draftFor(path: string): string {
  return join(
    dirname(path),
    `${basename(path).slice(0, MAX_DRAFT_CHARACTERS)}.${randomUUID().slice(0, 8)}.part`,
  );
}

/**
 * Refuses what a file is not to take the place of, before anything else is done.
 * @throws PortalError `output-failed`
 */
export async function refuseSpecialFile(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (!there || there.isFile()) return;
  const kind = there.isDirectory() ? 'a directory' : 'a device, pipe or socket';
  throw new PortalError('output-failed', `${path} cannot be written: it is ${kind}, not a regular file.`, {
    likelyCause: 'The name is of something else.',
    next: 'Name another file, and run the same command again.',
  });
}
