// Turns a traceback that a board printed into an error of this package, with advice where it is known.

import type { ErrorCode } from '../error-table.js';
import { PortalError } from '../errors.js';

/** MicroPython's errno values with an own error code. */
const ERRNO_CODES: Readonly<Record<number, ErrorCode>> = {
  5: 'board-no-filesystem', // EIO: littlefs and FAT find their own structures damaged
  19: 'board-no-filesystem', // ENODEV
  28: 'board-no-space', // ENOSPC
  84: 'board-no-filesystem', // EILSEQ: littlefs's LFS_ERR_CORRUPT
};

/** Modules by the MicroPython release that added them, for a failed import. */
const MODULES_SINCE: Readonly<Record<string, string>> = {
  deflate: '1.21',
  asyncio: '1.21',
  vfs: '1.23',
};

/**
 * @param traceback what the board wrote, ending with the line `Type: message`
 * @returns PortalError `board-no-memory`, `board-no-space`, `board-no-filesystem`, `board-import-error`,
 *   `board-boot-error` or `board-error`
 */
export function boardError(traceback: string): PortalError {
  const text = traceback.trim().replaceAll('\r\n', '\n');
  // An exception without a message may end with its colon.
  const lastLine = text.slice(text.lastIndexOf('\n') + 1).replace(/:$/, '');
  return new PortalError(errorCodeOf(text), `The board reports ${lastLine}.${hint(lastLine)}`, {
    boardOutput: text,
  });
}

/** @param traceback its lines, ended by line feeds */
export function errorCodeOf(traceback: string): ErrorCode {
  const lastLine = traceback.slice(traceback.lastIndexOf('\n') + 1);
  if (lastLine.startsWith('MemoryError')) return 'board-no-memory';
  const errno = /^OSError: (?:\[Errno |\()?(\d+)/.exec(lastLine)?.[1];
  const known = errno === undefined ? undefined : ERRNO_CODES[Number(errno)];
  if (known) return known;
  // The innermost frame may be in a module that boot.py imports; the outermost names the program.
  if (/^ {2}File "boot\.py", line/m.test(traceback)) return 'board-boot-error';
  return /^(ImportError|ModuleNotFoundError)/.test(lastLine) ? 'board-import-error' : 'board-error';
}

function hint(lastLine: string): string {
  const wanted = /^MemoryError: memory allocation failed, allocating (\d+) bytes/.exec(lastLine)?.[1];
  if (wanted) return ` ${wanted} contiguous bytes were not free.`;
  const module = /^ImportError: no module named '([\w.]+)'/.exec(lastLine)?.[1];
  const since = module === undefined ? undefined : MODULES_SINCE[module];
  return since ? ` MicroPython has ${module} since ${since}.` : '';
}
