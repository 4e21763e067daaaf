// Files on the board, by code that runs in its raw REPL. Works on any MicroPython with a filesystem.

import { createHash } from 'node:crypto';
import builtIns from '../board-scripts/common/built_ins.py';
import hashes from '../board-scripts/common/hashes.py';
import listFiles from '../board-scripts/files/list_files.py';
import listRoot from '../board-scripts/files/list_root.py';
import printHash from '../board-scripts/files/print_hash.py';
import readFile from '../board-scripts/files/read_file.py';
import readPart from '../board-scripts/files/read_part.py';
import removeEntries from '../board-scripts/files/remove_entries.py';
import removeFiles from '../board-scripts/files/remove_files.py';
import { assemble } from '../board-scripts/python-source.js';
import { PortalError } from '../errors.js';
import { isListOf, isText, parseAnswer, parseHex } from './board-answer.js';
import type { RawRepl } from './raw-repl.js';

/**
 * @returns the names in the root folder
 * @throws PortalError `board-no-filesystem` without a filesystem, `transfer-failed`
 */
export async function listBoardFiles(repl: RawRepl): Promise<string[]> {
  return parseAnswer(await repl.exec(assemble([listRoot])), isListOf(isText));
}

/**
 * @returns the file's bytes, or `undefined` if it does not exist
 * @throws PortalError `transfer-failed` rather than a part of it: main.py is written back
 */
export async function readBoardFile(repl: RawRepl, path: string): Promise<Uint8Array | undefined> {
  const hex = (await repl.exec(assemble([readFile], { PATH: path }))).trim();
  return hex === '-' ? undefined : parseHex(hex);
}

/** Removes files; missing files are ignored. */
export async function removeBoardFiles(repl: RawRepl, paths: readonly string[]): Promise<void> {
  await repl.exec(assemble([removeFiles], { PATHS: paths }));
}

/** A file or a folder on a board. */
export interface BoardEntry {
  /** From the root, with slashes, without one in front; text of the board. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** 0 for a folder. */
  readonly sizeBytes: number;
}

/**
 * @returns all files and folders, by path
 * @throws PortalError `board-no-filesystem`, `transfer-failed`; as RawRepl.exec
 */
export async function listAllFiles(repl: RawRepl): Promise<BoardEntry[]> {
  const output = await repl.exec(assemble([listFiles]), { idleMs: 30_000 });
  const lines = output.split(/\r?\n/).filter((line) => line !== '');
  return lines
    .map((line) => parseAnswer(line, isPathAndSize))
    .map(
      ([path, size]): BoardEntry => ({
        path,
        kind: size < 0 ? 'folder' : 'file',
        sizeBytes: Math.max(0, size),
      }),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The size is -1 for a folder. */
function isPathAndSize(value: unknown): value is [string, number] {
  return Array.isArray(value) && value.length === 2 && isText(value[0]) && isSize(value[1]);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= -1;
}

/** A multiple of 3, so that base64 needs no padding; a board has this much memory in one piece. */
const PIECE_BYTES = 510;
/** Pieces a program: each shows progress, and none prints more than a reader keeps. */
const PIECES = 32;

/** No board has a larger flash. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** How often a file is read that a timer or a thread on the board changes meanwhile. */
const ATTEMPTS = 3;

/**
 * Reads a file in parts, which need little memory on the board, and compares it with a digest that the board computes
 * afterwards. One that has changed is read again.
 * @param sizeBytes as listed
 * @throws PortalError `transfer-failed` for a file that changes each time or is too large, `board-no-file` for one that
 *   is removed; as RawRepl.exec
 */
export async function readLargeFile(
  repl: RawRepl,
  { path, sizeBytes }: Pick<BoardEntry, 'path' | 'sizeBytes'>,
  onBytes: (doneBytes: number) => void = () => {},
): Promise<Uint8Array> {
  try {
    let expectedBytes = sizeBytes;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const content = await readParts(repl, path, expectedBytes, onBytes);
      const after = await readDigest(repl, path);
      const digest = createHash('sha256').update(content).digest('base64');
      if (content.length === after.sizeBytes && digest === after.digest) return content;
      expectedBytes = after.sizeBytes;
    }
  } catch (error) {
    if (!isNoSuchFile(error)) throw error;
    const message = `${path} was removed from the board while it was read.`;
    throw new PortalError('board-no-file', message, { cause: error });
  }
  throw new PortalError(
    'transfer-failed',
    `${path} changed each of the ${ATTEMPTS} times that it was read.`,
    {
      likelyCause: 'A timer or a thread of a program on the board writes to it.',
      next: 'Read it while no program runs: esp-portal files get PATH --from-flash --port PORT',
    },
  );
}

async function readParts(
  repl: RawRepl,
  path: string,
  sizeBytes: number,
  onBytes: (doneBytes: number) => void,
): Promise<Uint8Array> {
  if (sizeBytes > MAX_FILE_BYTES) {
    const megabytes = MAX_FILE_BYTES / 1024 / 1024;
    throw new PortalError('transfer-failed', `${path} has ${sizeBytes} bytes: more than ${megabytes} MB.`, {
      likelyCause: 'It is on a memory card.',
      next: 'Name another file; to list them all: esp-portal files ls --port PORT',
    });
  }
  const parts: Uint8Array[] = [];
  let doneBytes = 0;
  while (doneBytes < sizeBytes) {
    const parameters = { PATH: `/${path}`, START: doneBytes, PIECES, PIECE_BYTES };
    const part = parseBase64(await repl.exec(assemble([readPart], parameters)));
    if (part.length === 0) break; // it is shorter now
    if (part.length > PIECES * PIECE_BYTES) throw damagedPart();
    parts.push(part);
    doneBytes += part.length;
    onBytes(Math.min(doneBytes, sizeBytes));
  }
  return Buffer.concat(parts);
}

async function readDigest(repl: RawRepl, path: string): Promise<{ digest: string; sizeBytes: number }> {
  const program = assemble([builtIns, hashes, printHash], { PATH: `/${path}` });
  const [digest = '', size = ''] = (await repl.exec(program, { idleMs: 30_000 })).trim().split(/\s+/);
  return { digest, sizeBytes: parseAnswer(size, isSize) };
}

function isNoSuchFile(error: unknown): boolean {
  return error instanceof PortalError && /^OSError: (\[Errno |\()?2\b/m.test(error.boardOutput ?? '');
}

/** @throws PortalError `transfer-failed` for anything but lines of base64 */
function parseBase64(output: string): Uint8Array {
  const lines = output.split(/\r?\n/).map((line) => {
    const bytes = Buffer.from(line, 'base64');
    if (bytes.toString('base64') === line) return bytes;
    throw damagedPart();
  });
  return Buffer.concat(lines);
}

function damagedPart(): PortalError {
  return new PortalError('transfer-failed', 'A part of a file arrived damaged.');
}

/** Removes files, then folders, each after those that it contains. */
export async function removeBoardEntries(
  repl: RawRepl,
  files: readonly string[],
  folders: readonly string[],
): Promise<void> {
  const rooted = (paths: readonly string[]) => paths.map((path) => `/${path}`);
  const program = assemble([removeEntries], { FILES: rooted(files), FOLDERS: rooted(folders) });
  await repl.exec(program, { idleMs: 60_000 });
}
