// Turns a traceback that a board printed into an error of this package.

import { type ErrorCode, PortalError } from '../errors.js';

/** errno values as MicroPython numbers them, where they say more than "an error on the board". */
const ERRNO_CODES: Readonly<Record<number, ErrorCode>> = {
  19: 'board-no-filesystem', // ENODEV
  28: 'board-no-space', // ENOSPC
};

/**
 * @param traceback what the board wrote, ending with the line `Type: message`
 * @returns PortalError `board-no-memory`, `board-no-space`, `board-no-filesystem` or `board-error`
 */
export function boardError(traceback: string): PortalError {
  const text = traceback.trim().replaceAll('\r\n', '\n');
  const lastLine = text.slice(text.lastIndexOf('\n') + 1);
  return new PortalError(codeOf(lastLine), `The board reports ${lastLine}.`, { boardOutput: text });
}

function codeOf(lastLine: string): ErrorCode {
  if (lastLine.startsWith('MemoryError')) return 'board-no-memory';
  const errno = /^OSError: (?:\[Errno )?(\d+)/.exec(lastLine)?.[1];
  return (errno === undefined ? undefined : ERRNO_CODES[Number(errno)]) ?? 'board-error';
}
