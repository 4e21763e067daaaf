// An exclusive lock: a file with the process id of its owner, and the owner's name where messages need it.

import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Locks of this process: its id in a file may be from an earlier process. */
const held = new Set<string>();

/** A takeover takes milliseconds; an older one was interrupted. */
const TAKEOVER_LIFETIME_MS = 5000;

/** Another process has the lock. */
export class FileLocked extends Error {
  override readonly name = 'FileLocked';
  /** Its owner, where that is certain. */
  readonly processId: number | undefined;
  /** As the owner gave it, with the name of its computer. */
  readonly owner: string | undefined;

  constructor(message: string, { processId, owner }: Partial<Owner> = {}) {
    super(message);
    this.processId = processId;
    this.owner = owner;
  }
}

interface Owner {
  readonly processId: number;
  readonly owner?: string | undefined;
}

interface LockOptions {
  /** The process that messages name. */
  readonly onBehalfOf?: number | undefined;
  /** A name for people, where the file may be on a disk that other computers use. */
  readonly owner?: string | undefined;
}

/**
 * Takes the lock for this process; one whose process has ended counts for nothing. Whether a process of another computer
 * lives is not known: its lock counts.
 *
 * @returns what gives it back
 * @throws FileLocked
 */
export function lockFile(lock: string, { onBehalfOf = process.pid, owner }: LockOptions = {}): () => void {
  if (held.has(lock))
    throw new FileLocked(`${lock} is held by this process.`, { processId: process.pid, owner });
  const ids = onBehalfOf === process.pid ? `${process.pid}` : `${process.pid} ${onBehalfOf}`;
  const text = owner === undefined ? ids : `${process.pid} ${onBehalfOf} ${hostname()} ${owner}`;
  if (!create(lock, text)) {
    const living = livingOwner(lock);
    if (living) throw new FileLocked(`${lock} is held by another process.`, living);
    takeOver(lock, text);
  }
  held.add(lock);
  return () => {
    held.delete(lock);
    rmSync(lock, { force: true });
  };
}

/** @returns the process that holds a lock */
export function ownerOf(lock: string): number | undefined {
  return livingOwner(lock)?.processId;
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
    throw new FileLocked(`${lock} is being taken over by another process.`);
  }
  try {
    const living = livingOwner(lock);
    if (living) throw new FileLocked(`${lock} has been taken over by another process.`, living);
    rmSync(lock, { force: true });
    if (!create(lock, text)) throw new FileLocked(`${lock} was taken by another process.`);
  } finally {
    rmSync(takeover, { force: true });
  }
}

/** @returns who holds the lock, `undefined` when its holder has ended */
function livingOwner(lock: string): Owner | undefined {
  let text: string;
  try {
    text = readFileSync(lock, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const [, ids = '', host, name] = /^(\d+(?: \d+)?)(?: (\S+) ([^\n]*))?$/.exec(text) ?? [];
  const [processId, onBehalfOf = processId] = ids.split(' ').map(Number);
  const owner = host === undefined ? undefined : `${name} on ${host}`;
  const found = { processId: onBehalfOf ?? 0, owner };
  if (host !== undefined && host !== hostname()) return found;
  // Not in `held`: an earlier process had the same id, as in containers.
  if (!processId || processId === process.pid) return undefined;
  return isRunning(processId) ? found : undefined;
}

/** Whether a process of this computer has not ended. */
export function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  return !isZombie(processId);
}

/** A zombie: it has ended, and its parent has not waited for it, which in a container may never happen. */
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
