// Names that no file or folder of a user's program may have on the board: it would take the place of something, or be
// imported instead of it. Pure.

import { type BundleFile, MAIN_FILE, MODULES_OF_ADDRESS, MODULES_OF_FIELDS } from './bundle.js';
import { STAGING_FOLDER } from './commit-program.js';
import { FIELD_VALUES_FILES, FIELDS_FILE } from './fields.js';
import { MANIFEST_FILE } from './manifest.js';
import { CONFIG_FILE } from './settings.js';
import { CREDENTIALS_FILES } from './wifi-creds.js';

/** Advice for common names, instead of "rename it". */
const ADVICE: Readonly<Record<string, string>> = {
  [MAIN_FILE]: 'main.py belongs to the portal; call yours app.py',
  'boot.py': 'boot.py belongs to MicroPython; move its code to the start of app.py',
  'boot.mpy':
    'boot.mpy would replace boot.py, which belongs to MicroPython; move its code to the start of app.py',
  [CONFIG_FILE]: `${CONFIG_FILE} is written from options such as --essid; use these, and remove the file`,
  'wifi.creds': 'wifi.creds stores the network and its password; remove yours',
};

/** Names in the root folder that the board, the portal or this tool uses, whether as a file or as a folder. */
const OWN_NAMES = [
  ...[MAIN_FILE, 'boot.py', 'boot.mpy', MANIFEST_FILE, STAGING_FOLDER, ...CREDENTIALS_FILES],
  ...[FIELDS_FILE, ...FIELD_VALUES_FILES],
];

/**
 * Modules of MicroPython that the portal or this tool's programs on the board import. A file or folder of the name is
 * found first for most of them (MicroPython's documentation, "Extending built-in modules from Python"), before 1.21 for
 * others than since: so none is free. Those with a `u` in front are the same modules.
 */
const MICROPYTHON_MODULES = [
  ...['binascii', 'deflate', 'gc', 'hashlib', 'io', 'json', 'machine', 'micropython', 'network'],
  ...['os', 'select', 'socket', 'sys', 'time', 'zlib'],
];

/**
 * Finds out what keeps a file from going onto the board.
 * @returns a function from a path on the board, with slashes, to a sentence without a full stop; `undefined` for a
 *   path that is free
 */
export function reservedNames(portal: readonly BundleFile[]): (path: string) => string | undefined {
  const own = new Set(OWN_NAMES);
  const portalModules = new Set([moduleOf(CONFIG_FILE), ...MODULES_OF_FIELDS, ...MODULES_OF_ADDRESS]);
  for (const { path } of portal) {
    own.add(path);
    if (isModule(path) && path !== MAIN_FILE) portalModules.add(moduleOf(path));
  }
  const micropythonModules = new Set(MICROPYTHON_MODULES.flatMap((name) => [name, `u${name}`]));
  return (path) => {
    // The FAT filesystem of old firmware takes Main.py for main.py.
    const [top = '', next] = path.toLowerCase().split('/');
    const isFolder = next !== undefined;
    if (!isFolder && ADVICE[top] !== undefined) return ADVICE[top];
    const shown = isFolder ? path.slice(0, top.length + 1) : path;
    const advice = `rename it, for example to my_${shown}`;
    const module = isFolder || isModule(top) ? moduleOf(top) : '';
    if (portalModules.has(module)) return `${shown} hides the portal's module ${module}; ${advice}`;
    if (own.has(top)) return `${shown} is used by the portal or the board; ${advice}`;
    if (micropythonModules.has(module)) return `${shown} hides MicroPython's module ${module}; ${advice}`;
    // Modules are looked for in lib/ as well, and still before the built-in ones.
    const inLib = top === 'lib' && isFolder ? moduleOf(next) : '';
    return micropythonModules.has(inLib)
      ? `lib/${next} hides MicroPython's module ${inLib}; leave it out, the firmware has its own`
      : undefined;
  };
}

function isModule(name: string): boolean {
  return /\.m?py$/.test(name);
}

function moduleOf(name: string): string {
  return name.replace(/\.m?py$/, '');
}
