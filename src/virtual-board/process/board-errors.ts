// Errors on the port of a virtual board, with the texts of a driver.

import { PortalError } from '../../errors.js';
import { fileFault } from '../../input/file-error.js';
import type { BoardError } from './pipe-messages.js';

/**
 * What the board's process reported. A board keeps its flash in files: where the disk is at fault, no port is.
 * @param name the board's, for messages
 */
export function reportedError(name: string, { message, ...rest }: BoardError): Error {
  const error = Object.assign(new Error(message), rest);
  const fault = fileFault(error);
  if (fault === undefined) return error;
  const next = fault.startsWith('the disk is full')
    ? 'Free space on the disk and run the same command again.'
    : 'Set ESP_PORTAL_STATE_DIR to a folder that can be written.';
  return new PortalError('port-failed', `virtual:${name} cannot use its files: ${fault}.`, {
    cause: error,
    likelyCause: 'The flash and the files of a virtual board are files of this computer.',
    next,
  });
}

/** As a driver reports a cable that was pulled, unless its last output is an error of its files. */
export function processGone(name: string, reason: string, errorOutput: string): Error {
  const thrown = /^Error: (E[A-Z]+: .*)$/m.exec(errorOutput)?.[1];
  const fault = thrown === undefined ? undefined : reportedError(name, { message: thrown });
  if (fault instanceof PortalError) return fault;
  const detail = errorOutput.trim() === '' ? '' : `: ${errorOutput.trim()}`;
  const message = `EIO: the process of the virtual board has ended (${reason})${detail}`;
  return Object.assign(new Error(message), { code: 'EIO' });
}
