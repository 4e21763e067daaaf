// Access to the files of a board, whichever way leads to them: what the commands for files are written against.

import type { BoardEntry } from '../../micropython/board-files.js';
import { STAGING_FOLDER } from '../../portal/commit-program.js';
import { FIELD_VALUES_FILES } from '../../portal/fields.js';
import { MANIFEST_FILE } from '../../portal/manifest.js';
import { CREDENTIALS_FILES } from '../../portal/wifi-creds.js';
import type { LoaderOptions } from '../flash/with-loader.js';

export interface ListedEntry extends BoardEntry {
  /** It came with esp-portal, or keeps the portal's data. */
  readonly isPortal: boolean;
}

export interface NewBoardFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface BoardFiles {
  list(): Promise<ListedEntry[]>;
  /** @param entry a file, as listed */
  read(entry: BoardEntry, onBytes?: (doneBytes: number) => void): Promise<Uint8Array>;
  /** Writes all of the files, with the folders that they need. The last access: the board restarts. */
  write(files: readonly NewBoardFile[]): Promise<void>;
  /** Removes files, then folders, each after those that it contains. The last access: the board restarts. */
  remove(files: readonly string[], folders: readonly string[]): Promise<void>;
}

export interface FilesOptions extends LoaderOptions {
  /** By the ROM loader, without the firmware; the other options of the loader count only then. */
  readonly fromFlash?: boolean | undefined;
  /** See InstallOptions. */
  readonly uploadBaudRate?: number | undefined;
}

/**
 * @param entries as either way finds them
 * @param installed paths of the files that the manifest names
 */
export function markPortalFiles(entries: readonly BoardEntry[], installed: readonly string[]): ListedEntry[] {
  const ours = new Set([MANIFEST_FILE, ...CREDENTIALS_FILES, ...FIELD_VALUES_FILES, ...installed]);
  return entries.map((entry) => ({
    ...entry,
    isPortal: ours.has(entry.path) || `${entry.path}/`.startsWith(`${STAGING_FOLDER}/`),
  }));
}
