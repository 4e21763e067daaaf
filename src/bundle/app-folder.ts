// A user's program as files for a board: what a folder holds, less what its ignore file leaves out.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { PortalError } from '../errors.js';
import type { BundleFile } from './portal-bundle.js';

/** In the folder, in the language of .gitignore. */
const IGNORE_FILE = '.portalignore';

/** What no board has a use for. */
const ALWAYS_IGNORED = ['.*', '__pycache__/', '*.pyc', '*.pyi', 'node_modules/'];

/** The longest name that littlefs takes, and the longest path that is safe to build of them. */
const MAX_NAME_BYTES = 64;

/**
 * Reads a folder. Its files go to the root of the board; a folder that is a package itself (it has an `__init__.py`)
 * goes to `app/`.
 * @param reserved paths that are not the user's
 * @throws PortalError `usage` for a folder that is none, is empty, or brings a file that is not the user's to bring
 */
export async function readAppFolder(folder: string, reserved: ReadonlySet<string>): Promise<BundleFile[]> {
  const status = await stat(folder).catch(() => undefined);
  if (!status?.isDirectory()) throw new PortalError('usage', `--app ${folder}: there is no such folder.`);
  const ignored = ignore().add(ALWAYS_IGNORED);
  ignored.add(await readFile(join(folder, IGNORE_FILE), 'utf8').catch(() => ''));
  const found = await list(folder, folder, ignored);
  if (found.length === 0) {
    throw new PortalError(
      'usage',
      `--app ${folder}: the folder holds no files, or ${IGNORE_FILE} leaves out all.`,
    );
  }
  const isPackage = found.includes('__init__.py');
  const files = await Promise.all(
    found.sort().map(async (path) => ({
      path: isPackage ? `app/${path}` : path,
      bytes: await readFile(join(folder, path)),
    })),
  );
  for (const { path } of files) checkPath(path, folder, reserved);
  return files;
}

/** Paths of the files below `folder`, from `root`, with slashes. */
async function list(root: string, folder: string, ignored: Ignore): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    const path = relative(root, place).split(sep).join('/');
    if (ignored.ignores(entry.isDirectory() ? `${path}/` : path)) continue;
    if (entry.isDirectory()) paths.push(...(await list(root, place, ignored)));
    else if ((await stat(place)).isFile()) paths.push(path); // links count as what they lead to
  }
  return paths;
}

function checkPath(path: string, folder: string, reserved: ReadonlySet<string>): void {
  const problem = reserved.has(path)
    ? "the board keeps a file of that name that is not your program's"
    : /\p{Cc}|\\/u.test(path)
      ? 'a board takes no control characters and no backslash in a name'
      : path.split('/').some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)
        ? `a board takes names of up to ${MAX_NAME_BYTES} bytes`
        : undefined;
  if (problem) {
    const where = basename(resolve(folder));
    throw new PortalError(
      'usage',
      `--app: ${where}/${path}: ${problem}. Rename it, or leave it out in ${where}/${IGNORE_FILE}.`,
    );
  }
}
