// An exclusive lock on a folder, by a file with the owner's process id.

import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that this process has locked: its id in a file may be from an earlier process. */
const held = new Set<string>();

/** A takeover takes milliseconds; an older one was interrupted. */
const TAKEOVER_LIFETIME_MS = 5000;

/** Another process has the folder. */
export class FolderLocked extends Error {
  override readonly name = 'FolderLocked';
  /** Who has it, where that is one process for sure. */
  readonly processId: number | undefined;

  constructor(message: string, processId?: number) {
    super(message);
    this.processId = processId;
  }
}

/**
 * Takes the folder for this process; a lock whose process has ended counts for nothing.
 *
 * @param onBehalfOf the process that is named to others
 * @returns what gives it back
 * @throws FolderLocked
 */
export function lockFolder(folder: string, onBehalfOf: number = process.pid): () => void {
  const lock = join(folder, 'lock');
  if (held.has(lock)) throw new FolderLocked(`${folder} is in use by this process.`, process.pid);
  const text = onBehalfOf === process.pid ? `${process.pid}` : `${process.pid} ${onBehalfOf}`;
  if (!create(lock, text)) {
    const owner = livingOwner(lock);
    if (owner !== undefined) throw new FolderLocked(`${folder} is in use by another process.`, owner);
    takeOver(lock, text);
  }
  held.add(lock);
  return () => {
    held.delete(lock);
    rmSync(lock, { force: true });
  };
}

/** @returns the process that has the folder locked */
export function ownerOf(folder: string): number | undefined {
  return livingOwner(join(folder, 'lock'));
}

/** Creates a file with this text, complete from the first moment. @returns false when it exists */
function create(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Replaces a stale lock. Two that try at once would take the lock from each other: only one may. */
function takeOver(lock: string, text: string): void {
  const takeover = `${lock}.takeover`;
  if (!create(takeover, text)) {
    if (ageMs(takeover) > TAKEOVER_LIFETIME_MS) rmSync(takeover, { force: true });
    throw new FolderLocked(`${lock} is being taken over by another process.`);
  }
  try {
    const owner = livingOwner(lock);
    if (owner !== undefined) throw new FolderLocked(`${lock} has been taken over by another process.`, owner);
    rmSync(lock, { force: true });
    if (!create(lock, text)) throw new FolderLocked(`${lock} was taken by another process.`);
  } finally {
    rmSync(takeover, { force: true });
  }
}

/** @returns the process for which the lock is held, `undefined` when its holder has ended */
function livingOwner(lock: string): number | undefined {
  let owner: number | undefined;
  let onBehalfOf: number | undefined;
  try {
    [owner, onBehalfOf = owner] = readFileSync(lock, 'utf8').split(' ').map(Number);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  // Not in `held`: an earlier process had the same id, as in containers.
  if (owner === undefined || !Number.isInteger(owner) || owner <= 0 || owner === process.pid)
    return undefined;
  return isRunning(owner) ? onBehalfOf : undefined;
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  return !isZombie(processId);
}

/** It has ended, and its parent has not taken note: in a container nothing may ever do. */
function isZombie(processId: number): boolean {
  try {
    const status = readFileSync(`/proc/${processId}/stat`, 'latin1');
    return /^[ZX]/.test(status.slice(status.lastIndexOf(')') + 2)); // the name before it may hold anything
  } catch {
    return false; // no Linux
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
