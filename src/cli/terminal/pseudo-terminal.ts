// A pseudo-terminal for simulate: socat creates it in a private folder, and a link gives it the user's path. socat
// itself would remove whatever file is at that path.

import { type ChildProcess, spawn } from 'node:child_process';
import { lstat, mkdtemp, readlink, stat, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import { shellWord } from '../../input/shell-word.js';

/** Names in the private folder, which is socat's working directory: its own syntax gives commas and colons a meaning. */
export const SOCKET_NAME = 'uart';
const LINK_NAME = 'pty';
/** Pseudo-terminals of Linux and macOS. */
const DEVICE = /^\/dev\/(?:pts\/|ttys)\d+$/;

/**
 * Finds out whether a link can be made at `path`.
 * @returns `left-over` for the link of a simulator that was killed
 * @throws PortalError `usage` if the path exists or its folder does not
 */
export async function checkLinkPath(path: string): Promise<'free' | 'left-over'> {
  const there = await lstat(path).catch((error: NodeJS.ErrnoException) => error);
  if (!(there instanceof Error)) {
    const target = there.isSymbolicLink() ? await readlink(path) : undefined;
    const isLeftOver = target !== undefined && DEVICE.test(target) && !(await exists(path));
    if (isLeftOver) return 'left-over';
    throw taken(path, target);
  }
  if (there.code !== 'ENOENT') throw cannotLink(path, there);
  const folder = await stat(dirname(path)).catch((error: NodeJS.ErrnoException) => error);
  if (folder instanceof Error) throw cannotLink(path, folder);
  return 'free';
}

/** Of the path of a socket; what is longer is cut, and the socket is in another folder. macOS takes the fewest. */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * Makes a folder that only this user can enter.
 * @throws PortalError `usage` where none can be made, or where a socket's path would be too long
 */
export async function privateFolder(): Promise<string> {
  const root = tmpdir();
  const refused = (problem: string, cause?: unknown) =>
    new PortalError('usage', `The temporary folder ${root} cannot be used: ${problem}.`, {
      cause,
      next: 'Set TMPDIR to another folder, for example TMPDIR=/tmp.',
    });
  const start = join(root, 'esp-portal-');
  if (Buffer.byteLength(join(`${start}XXXXXX`, SOCKET_NAME)) > MAX_SOCKET_PATH_BYTES)
    throw refused('its path is too long for a socket');
  try {
    return await mkdtemp(start);
  } catch (error) {
    throw refused(fileErrorWords(error), error);
  }
}

/**
 * Joins a new pseudo-terminal to the socket in `folder`.
 * @param onEnded called once, when socat has ended or could not start
 */
export function startSocat(folder: string, onEnded: (error: PortalError) => void): ChildProcess {
  const socat = spawn('socat', [`pty,raw,echo=0,link=${LINK_NAME}`, `unix-connect:${SOCKET_NAME}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  socat.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-1000);
  });
  socat.once('error', (cause: NodeJS.ErrnoException) => {
    const isMissing = cause.code === 'ENOENT';
    const next = isMissing ? { next: 'Install socat, or leave --pty out and use rfc2217://.' } : {};
    const what = isMissing ? 'is not installed' : `cannot be started: ${cause.message}`;
    onEnded(new PortalError('usage', `socat, which makes the pseudo-terminal, ${what}.`, { cause, ...next }));
  });
  socat.once('close', (status, signal) => {
    const reason = output.trim().split('\n').at(-1) || `exit status ${status ?? signal}`;
    onEnded(new PortalError('usage', `socat, which makes the pseudo-terminal, has ended: ${reason}.`));
  });
  return socat;
}

/**
 * Links `path` to the pseudo-terminal that socat has made in `folder`.
 * @returns its removal, which leaves alone what has taken its place since
 * @throws PortalError `usage` where something is at `path` by now
 */
export async function linkPseudoTerminal(path: string, folder: string): Promise<() => Promise<void>> {
  const device = await readlink(join(folder, LINK_NAME));
  const state = await checkLinkPath(path);
  try {
    // Nothing else is removed: what has just been created there is another program's.
    if (state === 'left-over') await unlink(path).catch(() => {});
    await symlink(device, path);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(path) : cannotLink(path, error);
  }
  return async () => {
    const target = await readlink(path).catch(() => undefined);
    if (target === device) await unlink(path).catch(() => {});
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function taken(path: string, target?: string): PortalError {
  const what =
    target === undefined ? 'this path exists already' : `this path exists already, a link to ${target}`;
  // After a simulator was killed its number may be another program's by now.
  const isDevice = target !== undefined && DEVICE.test(target);
  const remove = isDevice ? `, or remove the link if its program has ended: rm ${shellWord(path)}` : '';
  return new PortalError('usage', `--pty ${path}: ${what}.`, {
    next: `Name a path that does not exist, for example --pty /tmp/esp-portal-board${remove}`,
  });
}

function cannotLink(path: string, cause: unknown): PortalError {
  return new PortalError('usage', `--pty ${path}: no link can be made there: ${fileErrorWords(cause)}.`, {
    cause,
    next: 'Name a path in a folder of yours, for example --pty /tmp/esp-portal-board.',
  });
}
