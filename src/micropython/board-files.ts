// Files on the board, by code that runs in its raw REPL. Works on any MicroPython with a filesystem.

import listRoot from '../board-scripts/files/list_root.py';
import readFile from '../board-scripts/files/read_file.py';
import removeFiles from '../board-scripts/files/remove_files.py';
import { assemble } from '../board-scripts/python-source.js';
import type { RawRepl } from './raw-repl.js';

/** @returns the names in the root folder; throws `board-no-filesystem` without a filesystem */
export async function listBoardFiles(repl: RawRepl): Promise<string[]> {
  return JSON.parse(await repl.exec(assemble([listRoot])));
}

/** @returns the file's bytes, or `undefined` if it does not exist */
export async function readBoardFile(repl: RawRepl, path: string): Promise<Uint8Array | undefined> {
  const hex = (await repl.exec(assemble([readFile], { PATH: path }))).trim();
  return hex === '-' ? undefined : Buffer.from(hex, 'hex');
}

/** Removes files; missing files are ignored. */
export async function removeBoardFiles(repl: RawRepl, paths: readonly string[]): Promise<void> {
  await repl.exec(assemble([removeFiles], { PATHS: paths }));
}
