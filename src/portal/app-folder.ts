// A user's program as files for a board: what a folder holds, less what its ignore file leaves out.

import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { PortalError } from '../errors.js';
import type { BundleFile } from './bundle.js';
import { CONFIG_FILE } from './settings.js';

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
  if (folder === '') throw new PortalError('usage', '--app needs a value.');
  const status = await stat(folder).catch(() => undefined);
  if (!status?.isDirectory()) {
    const what = status ? 'this is a file; --app takes the folder that it is in' : 'there is no such folder';
    throw new PortalError('usage', `--app ${folder}: ${what}.`);
  }
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
  const place = await realpath(folder);
  if (above.includes(place)) throw linkProblem(root, folder, 'leads back to a folder that it is in');
  const paths: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const child = join(folder, entry.name);
    const path = pathFrom(root, child);
    const there = entry.isSymbolicLink() ? await stat(child).catch(() => undefined) : entry;
    if (ignored.ignores(there?.isDirectory() ? `${path}/` : path)) continue;
    if (there === undefined) throw linkProblem(root, child, `to ${await readlink(child)} leads nowhere`);
    if (there.isDirectory()) paths.push(...(await list(root, child, ignored, [...above, place])));
    else if (there.isFile()) paths.push(path);
  }
  return paths;
}

function pathFrom(root: string, place: string): string {
  return relative(root, place).split(sep).join('/');
}

function linkProblem(root: string, place: string, problem: string): PortalError {
  const name = `${basename(resolve(root))}/${pathFrom(root, place)}`;
  return new PortalError(
    'usage',
    `--app: ${name}: this link ${problem}. Remove it, or leave it out in ${IGNORE_FILE}.`,
  );
}

/** Why a file may not be the user's, and what to do instead; every other one is a module of the portal. */
const RESERVED: Readonly<Record<string, string>> = {
  'main.py': 'main.py belongs to the portal; call yours app.py',
  'boot.py': 'boot.py belongs to MicroPython; what yours does can be done at the start of app.py',
  [CONFIG_FILE]: `${CONFIG_FILE} is written from options such as --essid; give these, and remove the file`,
  'wifi.creds': 'wifi.creds is where the portal keeps the password of your network; remove yours',
};

function reservedProblem(path: string): string {
  return RESERVED[path] ?? `${path} belongs to the portal; give yours another name`;
}

function checkPath(path: string, folder: string, reserved: ReadonlySet<string>): void {
  const problem = reserved.has(path)
    ? reservedProblem(path)
    : /\p{Cc}|\\/u.test(path)
      ? 'a board takes no control characters and no backslash in a name; rename it'
      : path.split('/').some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)
        ? `a board takes names of up to ${MAX_NAME_BYTES} bytes; rename it`
        : undefined;
  if (problem) {
    const where = basename(resolve(folder));
    throw new PortalError(
      'usage',
      `--app: ${where}/${path}: ${problem}, or leave it out in ${where}/${IGNORE_FILE}.`,
    );
  }
}
