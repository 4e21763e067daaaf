// A user's program as files for a board: the content of a folder without what its ignore file excludes.

import { isUtf8 } from 'node:buffer';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { PortalError } from '../errors.js';
import { fileErrorWords } from '../input/file-error.js';
import { FileProblem, readRegularFile } from '../input/regular-file.js';
import { shellWord } from '../input/shell-word.js';
import { type BundleFile, readPortalBundle } from './bundle.js';
import { reservedNames } from './reserved-names.js';

/** In the folder, in the language of .gitignore. */
const IGNORE_FILE = '.portalignore';

/** What no board has a use for; the settings may have a password that belongs into portal_config.py alone. */
const ALWAYS_IGNORED = [
  ...['.*', '__pycache__/', '*.pyc', '*.pyi', 'node_modules/'],
  ...['/esp-portal.json', '/esp-portal.lock.json'],
];

/** All files together: no board has a larger flash. */
const MAX_TOTAL_BYTES = 16 * 1024 * 1024;
/** More are not an app but the wrong folder. */
const MAX_FILES = 5000;
const MAX_IGNORE_FILE_BYTES = 1024 * 1024;

/** The longest name that littlefs takes, and the longest path that is safe to build of them. */
const MAX_NAME_BYTES = 64;

export interface AppFolderOptions {
  /** See reservedNames; by default for the portal of this package. */
  readonly reserved?: (path: string) => string | undefined;
  /** For a folder named by a project file: a link in it could put any file of this computer onto the board. */
  readonly refuseLinksOut?: boolean;
}

/**
 * Reads a folder. Its files go to the root of the board; a folder that is a package itself (it has an `__init__.py`)
 * goes to `app/`.
 * @throws PortalError `usage` for a missing or empty folder, or a reserved file name
 */
export async function readAppFolder(
  folder: string,
  { reserved, refuseLinksOut = false }: AppFolderOptions = {},
): Promise<BundleFile[]> {
  if (folder === '') throw new PortalError('usage', '--app needs a value.');
  const status = await stat(folder).catch(() => undefined);
  if (!status?.isDirectory()) {
    const what = status ? 'this is a file; name the folder that contains it' : 'there is no such folder';
    throw new PortalError('usage', `--app ${folder}: ${what}.`);
  }
  const ignored = ignore().add(ALWAYS_IGNORED);
  ignored.add(await readIgnoreFile(folder));
  const found = await list(folder, folder, ignored);
  if (refuseLinksOut) for (const path of found) await checkInside(folder, path);
  if (found.length === 0) {
    throw new PortalError(
      'usage',
      `--app ${folder}: the folder has no files, or ${IGNORE_FILE} excludes all.`,
      { next: 'Save your program in it as app.py, and run the same command again.' },
    );
  }
  const isPackage = found.includes('__init__.py');
  const isReserved = reserved ?? reservedNames((await readPortalBundle()).mpy6);
  const files: BundleFile[] = [];
  let totalBytes = 0;
  for (const from of found.sort()) {
    const path = isPackage ? `app/${from}` : from;
    checkPath(path, folder, isReserved);
    const bytes = await readAppFile(folder, from);
    files.push({ path, bytes });
    totalBytes += bytes.length;
    if (totalBytes > MAX_TOTAL_BYTES) throw tooLarge(folder);
  }
  return files;
}

function tooLarge(folder: string): PortalError {
  const megabytes = MAX_TOTAL_BYTES / (1024 * 1024);
  return new PortalError(
    'usage',
    `--app ${folder}: the folder has more than ${megabytes} MB, more than any board's flash. Name the folder of your program, or exclude files in ${IGNORE_FILE}.`,
  );
}

async function readIgnoreFile(folder: string): Promise<string> {
  try {
    return (await readRegularFile(join(folder, IGNORE_FILE), { maxBytes: MAX_IGNORE_FILE_BYTES })).toString();
  } catch (error) {
    if (error instanceof FileProblem && error.isMissing) return '';
    throw fileProblem(folder, IGNORE_FILE, error);
  }
}

async function readAppFile(folder: string, path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(join(folder, path), { maxBytes: MAX_TOTAL_BYTES });
  } catch (error) {
    throw fileProblem(folder, path, error);
  }
}

/** @returns an error with the name of the file; bugs are unchanged */
function fileProblem(folder: string, path: string, error: unknown): unknown {
  if (!(error instanceof FileProblem)) return error;
  const { message, cause } = error;
  return new PortalError(
    'usage',
    `--app: ${basename(resolve(folder))}/${path} ${message}. Correct or remove it.`,
    { cause },
  );
}

/**
 * Paths of the files below `folder`, from `root`, with slashes. Links count as what they lead to.
 * @param above the folders that this one lies in, without links
 */
async function list(
  root: string,
  folder: string,
  ignored: Ignore,
  above: readonly string[] = [],
): Promise<string[]> {
  const place = await realPlace(root, folder);
  if (above.includes(place)) throw linkProblem(root, folder, 'points to a folder that contains it');
  const paths: string[] = [];
  for (const name of await namesIn(root, folder)) {
    const child = join(folder, name);
    const path = pathFrom(root, child);
    const there = await stat(child).catch(() => undefined);
    if (ignored.ignores(there?.isDirectory() ? `${path}/` : path)) continue;
    if (there === undefined) throw await statProblem(root, child);
    if (there.isDirectory()) paths.push(...(await list(root, child, ignored, [...above, place])));
    else paths.push(path);
    if (paths.length > MAX_FILES) {
      throw new PortalError(
        'usage',
        `--app ${root}: the folder has more than ${MAX_FILES} files. Name the folder of your program.`,
      );
    }
  }
  return paths;
}

/** Without links. @throws PortalError `usage` for what has been removed meanwhile */
async function realPlace(root: string, place: string): Promise<string> {
  try {
    return await realpath(place);
  } catch (error) {
    throw unreadable(root, place, error);
  }
}

function unreadable(root: string, place: string, cause: unknown): PortalError {
  const where = `${basename(resolve(root))}/${pathFrom(root, place)}`.replace(/\/$/, '');
  return new PortalError('usage', `--app: ${where} cannot be read: ${fileErrorWords(cause)}.`, { cause });
}

/** @throws PortalError `usage` for a name that is not UTF-8: a board's names are */
async function namesIn(root: string, folder: string): Promise<string[]> {
  const where = `${basename(resolve(root))}/${pathFrom(root, folder)}`.replace(/\/$/, '');
  let names: Buffer[];
  try {
    names = await readdir(folder, { encoding: 'buffer' });
  } catch (error) {
    throw unreadable(root, folder, error);
  }
  return names.map((name) => {
    if (isUtf8(name)) return name.toString();
    const shown = name.toString('latin1').replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
    throw new PortalError('usage', `--app: ${where}/${shown}: the name is not UTF-8. Rename or remove it.`);
  });
}

async function statProblem(root: string, place: string): Promise<PortalError> {
  const target = await readlink(place).catch(() => undefined);
  if (target !== undefined)
    return linkProblem(root, place, `points to ${target}, which does not exist or is a link in a loop`);
  const name = `${basename(resolve(root))}/${pathFrom(root, place)}`;
  return new PortalError('usage', `--app: ${name} cannot be read. Correct or remove it.`);
}

/** @throws PortalError `usage` for a file that a link includes from outside, also through a folder */
async function checkInside(root: string, path: string): Promise<void> {
  const target = await realPlace(root, join(root, path));
  const way = relative(await realPlace(root, root), target);
  if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return;
  throw new PortalError(
    'usage',
    `--app: ${basename(resolve(root))}/${path}: a link points out of the folder, to ${target}. A project's file names this folder, so it may bring only its own files.`,
    {
      next: `Remove the link, or exclude it in ${IGNORE_FILE}; if you trust it: --app ${shellWord(root)}`,
    },
  );
}

function pathFrom(root: string, place: string): string {
  return relative(root, place).split(sep).join('/');
}

function linkProblem(root: string, place: string, problem: string): PortalError {
  const name = `${basename(resolve(root))}/${pathFrom(root, place)}`;
  return new PortalError(
    'usage',
    `--app: ${name}: this link ${problem}. Remove it, or exclude it in ${IGNORE_FILE}.`,
  );
}

function checkPath(path: string, folder: string, reserved: (path: string) => string | undefined): void {
  const problem =
    reserved(path) ??
    (/\p{Cc}|\\/u.test(path)
      ? 'a name on a board cannot have control characters or a backslash; rename it'
      : path.split('/').some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)
        ? `a name on a board has up to ${MAX_NAME_BYTES} bytes; rename it`
        : undefined);
  if (problem) {
    const where = basename(resolve(folder));
    throw new PortalError(
      'usage',
      `--app: ${where}/${path}: ${problem}, or exclude it in ${where}/${IGNORE_FILE}.`,
    );
  }
}
