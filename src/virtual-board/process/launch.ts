// Starts the process of a virtual board: with no environment, and with no right but to its own folder, where this
// Node.js has a permission model.

import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../package-file.js';
import { installedRuntimes } from '../interpreter/runtime/runtimes.js';

/** The pipe to the opener, a duplex one. */
export const PIPE_FD = 3;

/** Everything that is built: the code of the process and of its worker, and the shims. */
const CODE_FOLDER = fileURLToPath(packageFile('dist/'));
const ENTRY = fileURLToPath(packageFile('dist/virtual-board-process.js'));

/** @param folder the board's, which exists: all that it may write to */
export function startBoardProcess(folder: string): ChildProcess {
  return spawn(process.execPath, [...permissionFlags(folder), ENTRY], {
    cwd: folder,
    // Windows opens no socket without knowing its own folder.
    env: process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot } : {},
    stdio: ['ignore', 'ignore', 'pipe', 'overlapped'],
    // Outside the terminal's process group: after Ctrl-C the opener still needs its board.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
}

/** Workers inherit these; child processes, native addons and all other files are out of reach. */
export function permissionFlags(folder: string): string[] {
  const known = process.allowedNodeEnvironmentFlags;
  const flag = ['--permission', '--experimental-permission'].find((name) => known.has(name));
  if (flag === undefined) return [];
  const readable = [CODE_FOLDER, ...installedRuntimes().map(({ path }) => dirname(path)), folder];
  return [
    '--no-warnings', // that it is experimental
    flag,
    '--allow-worker',
    ...(known.has('--allow-net') ? ['--allow-net'] : []),
    ...readable.map((place) => `--allow-fs-read=${withSlash(place)}`),
    `--allow-fs-write=${withSlash(folder)}`,
  ];
}

/** A folder with everything in it. */
function withSlash(folder: string): string {
  return /[\\/]$/.test(folder) ? folder : `${folder}/`;
}
