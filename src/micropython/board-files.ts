// Files on the board, by code that runs in its raw REPL. Works on any MicroPython with a filesystem.

import listRoot from '../board-scripts/files/list_root.py';
import readFile from '../board-scripts/files/read_file.py';
import removeFiles from '../board-scripts/files/remove_files.py';
import { assemble } from '../board-scripts/python-source.js';
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
