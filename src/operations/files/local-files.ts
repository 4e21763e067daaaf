// Files of this computer that go to a board or come from one. What comes stays in its folder, whatever the board
// calls it.

import { lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { PortalError } from '../../errors.js';
import { fileErrorWords, isMissing } from '../../input/file-error.js';
import { makeFolder } from '../../input/make-folder.js';
import { FileProblem, readRegularFile } from '../../input/regular-file.js';
import { writeWholeFile } from '../../input/write-whole-file.js';
import type { NewBoardFile } from './board-files.js';
import { boardPath } from './board-path.js';

/** No board has a larger flash. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 5000;
/** File systems of computers take no longer names. */
const MAX_NAME_BYTES = 255;
/** Of a file that may hold passwords. */
const PRIVATE_MODE = 0o600;

/**
 * @param path a file
 * @throws PortalError `usage`
 */
export async function readLocalFile(path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, { maxBytes: MAX_BYTES });
  } catch (error) {
    if (error instanceof FileProblem)
      throw new PortalError('usage', `${path} ${error.message}.`, { cause: error });
    throw error;
  }
}

export async function isLocalFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/**
 * All files in a folder, as they will be called in a folder of the board. Links are not followed.
 * @throws PortalError `usage` for one that cannot be read, or that a board cannot have
 */
export async function readLocalFolder(folder: string, target: string): Promise<NewBoardFile[]> {
  const files: NewBoardFile[] = [];
  let totalBytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new PortalError('usage', `${folder} cannot be read: ${fileErrorWords(error)}.`, { cause: error });
  });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const place = join(entry.parentPath, entry.name);
    const path = boardPath(`${target}/${relative(folder, place).split(sep).join('/')}`);
    const bytes = await readLocalFile(place);
    totalBytes += bytes.length;
    files.push({ path, bytes });
    if (totalBytes > MAX_BYTES || files.length > MAX_FILES) {
      throw new PortalError(
        'usage',
        `${folder} has more than ${MAX_FILES} files or ${MAX_BYTES} bytes: name the folder of your files.`,
      );
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The last name of a path on a board, for a file here. @throws PortalError `usage` for a name that could lead elsewhere */
export function localName(path: string): string {
  const name = basename(path);
  if (isSafeName(name)) return name;
  throw new PortalError(
    'usage',
    `The board's file ${JSON.stringify(path)} has a name that cannot be used on this computer: give another one.`,
  );
}

/**
 * Names on a board are its own: one that means something to this computer is not used, nor one that is too long for it.
 */
export function isSafeName(name: string): boolean {
  return (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    Buffer.byteLength(name) <= MAX_NAME_BYTES &&
    !/[\p{Cc}/\\]/u.test(name) &&
    !(sep === '\\' && /[<>:"|?*]|[. ]$/.test(name))
  );
}

/**
 * Writes a file below a folder, with the folders that it needs. No link is followed.
 * @param path from the folder, with slashes; every name in it is safe
 * @param isPrivate readable by this user only
 * @throws PortalError `output-failed`
 */
export async function writeBelow(
  folder: string,
  path: string,
  bytes: Uint8Array,
  isPrivate: boolean,
): Promise<void> {
  await makeFolderBelow(folder, path.split('/').slice(0, -1).join('/'));
  await writeWholeFile(join(folder, path), [bytes], isPrivate ? { mode: PRIVATE_MODE } : {});
}

/** @throws PortalError `output-failed` also for a link or a file in its place */
export async function makeFolderBelow(folder: string, path: string): Promise<void> {
  const names = path === '' ? [] : path.split('/');
  try {
    makeFolder(folder);
    for (let depth = 1; depth <= names.length; depth++) {
      const place = join(folder, ...names.slice(0, depth));
      const status = await lstat(place).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      if (status && !status.isDirectory()) throw new Error(`${place} is not a folder`);
      if (!status) await mkdir(place);
    }
  } catch (error) {
    throw new PortalError(
      'output-failed',
      `${join(folder, path)} cannot be made: ${fileErrorWords(error)}.`,
      { cause: error },
    );
  }
}
