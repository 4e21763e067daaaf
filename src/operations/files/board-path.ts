// Names of files on a board, as a person gives them and as a board reports them. Uses no port.

import { PortalError } from '../../errors.js';
import type { ListedEntry } from './board-files.js';

/** LittleFS takes no longer names. */
const MAX_NAME_BYTES = 255;

/**
 * @param given such as `/lib/umqtt/` or `main.py`; '' and `/` are the root
 * @returns the path from the root, without slashes at its ends
 * @throws PortalError `usage` for a path that no file can have
 */
export function boardPath(given: string): string {
  const names = given.split('/').filter((name) => name !== '' && name !== '.');
  for (const name of names) {
    if (name === '..')
      throw new PortalError('usage', `${given}: give the path from the root of the board, without "..".`);
    if (/\p{Cc}/u.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES) {
      throw new PortalError(
        'usage',
        `${given}: a name on a board has up to ${MAX_NAME_BYTES} bytes and no control characters.`,
      );
    }
  }
  return names.join('/');
}

/** Whether the entry is in the folder, at any depth; all are in the root, ''. */
export function isInside(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** @throws PortalError `board-no-file` */
export function requireEntry(entries: readonly ListedEntry[], path: string): ListedEntry {
  if (path === '') return { path: '', kind: 'folder', sizeBytes: 0, isPortal: false };
  const entry = entries.find((candidate) => candidate.path === path);
  if (entry) return entry;
  throw new PortalError('board-no-file', `The board has no file or folder ${path}.`);
}

/** @throws PortalError `usage` for a folder */
export function requireFile(entries: readonly ListedEntry[], path: string): ListedEntry {
  const entry = requireEntry(entries, path);
  if (entry.kind === 'file') return entry;
  throw new PortalError('usage', `${path || '/'} is a folder on the board.`, {
    next: 'Name a file, or add --recursive to get, put or rm a folder with all that is in it.',
  });
}
