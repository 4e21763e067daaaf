// A user's program as files for a board: what a folder holds, less what its ignore file leaves out.

import type { Stats } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { PortalError } from '../errors.js';
import type { BundleFile } from './portal-bundle.js';
import { CONFIG_FILE } from './portal-config.js';

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

/** Paths of the files below `folder`, from `root`, with slashes. */
async function list(root: string, folder: string, ignored: Ignore): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    const path = relative(root, place).split(sep).join('/');
    if (ignored.ignores(entry.isDirectory() ? `${path}/` : path)) continue;
    if (entry.isDirectory()) paths.push(...(await list(root, place, ignored)));
    else if ((await statLink(place, `${basename(resolve(root))}/${path}`)).isFile()) paths.push(path);
  }
  return paths;
}

/** Links count as what they lead to. */
async function statLink(place: string, name: string): Promise<Stats> {
  try {
    return await stat(place);
  } catch (error) {
    const target = await readlink(place).catch(() => undefined);
    if (target === undefined) throw error;
    throw new PortalError(
      'usage',
      `--app: ${name}: this link to ${target} leads nowhere. Remove it, or leave it out in ${IGNORE_FILE}.`,
      { cause: error },
    );
  }
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
