// esp-portal.lock.json: which files the packages of a project are, by SHA-256. Its content is not trusted.

import { PortalError } from '../../errors.js';
import { isObject, type JsonObject, parseJson } from '../../input/parse-json.js';
import { FileProblem, readRegularFile } from '../../input/regular-file.js';
import { writeWholeFile } from '../../input/write-whole-file.js';

const VERSION = 1;
const MAX_BYTES = 4 * 1024 * 1024;

export interface LockedFile {
  /** On the board. */
  readonly path: string;
  readonly url: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A package with all that it depends on. */
export interface LockedPackage {
  /** Versions by name, the package itself first. */
  readonly packages: Readonly<Record<string, string>>;
  readonly files: readonly LockedFile[];
}

/** Packages as they are named in the settings, by the format of bytecode (`6`, or `py` for sources). */
export type Lock = ReadonlyMap<string, ReadonlyMap<string, LockedPackage>>;

/** @throws PortalError `usage` for a file that is not of this form */
export async function readLock(path: string): Promise<Lock> {
  let text: string;
  try {
    text = (await readRegularFile(path, { maxBytes: MAX_BYTES })).toString();
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (error.isMissing) return new Map();
    throw wrongLock(path, error.message, error);
  }
  try {
    return parseLock(parseJson(text));
  } catch (error) {
    throw wrongLock(path, 'is not a lock file of this version of esp-portal', error);
  }
}

/** @throws PortalError `output-failed` */
export async function writeLock(path: string, lock: Lock): Promise<void> {
  const formats = Object.fromEntries(
    [...lock].map(([mpy, packages]) => [
      mpy,
      Object.fromEntries([...packages].sort(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  );
  const text = `${JSON.stringify({ version: VERSION, formats }, undefined, 2)}\n`;
  await writeWholeFile(path, [Buffer.from(text)]);
}

function wrongLock(path: string, problem: string, cause: unknown): PortalError {
  return new PortalError('usage', `${path} ${problem}.`, {
    cause,
    next: 'Restore it from your repository, or remove it: the next esp-portal install makes a new one.',
  });
}

function parseLock(value: unknown): Lock {
  const { version, formats } = recordOf(value);
  if (version !== VERSION) throw new Error('another version');
  return new Map(
    Object.entries(recordOf(formats)).map(([mpy, packages]) => [
      mpy,
      new Map(Object.entries(recordOf(packages)).map(([name, one]) => [name, parsePackage(one)])),
    ]),
  );
}

function parsePackage(value: unknown): LockedPackage {
  const { packages, files } = recordOf(value);
  const versions = Object.entries(recordOf(packages)).map(
    ([name, version]) => [name, textOf(version)] as const,
  );
  if (!Array.isArray(files)) throw new Error('files is not a list');
  return { packages: Object.fromEntries(versions), files: files.map(parseFile) };
}

function parseFile(value: unknown): LockedFile {
  const { path, url, sha256, sizeBytes } = recordOf(value);
  if (!/^[\da-f]{64}$/.test(textOf(sha256)) || typeof sizeBytes !== 'number') throw new Error('not a file');
  return { path: textOf(path), url: textOf(url), sha256: textOf(sha256), sizeBytes };
}

function recordOf(value: unknown): JsonObject {
  if (!isObject(value)) throw new Error('not an object');
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error('not a text');
  return value;
}
