// A program as it goes into the raw REPL, and its tracebacks, which name the file on this computer. Pure.

import { isUtf8 } from 'node:buffer';
import { PortalError } from '../../errors.js';
import { boardError } from '../../micropython/board-error.js';

const BYTE_ORDER_MARK = '\ufeff';
/** Of the raw REPL: interrupt, and end of the code. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a program
const UNSENDABLE = /[\x03\x04]/;
/** The name that MicroPython gives to code from its REPL. */
const REPL_NAME = '<stdin>';

/**
 * @param name for the message
 * @throws PortalError `usage` for code that is not UTF-8, is empty, or has bytes that end it on the way
 */
export function checkedProgram(code: Uint8Array, name: string): Uint8Array {
  if (!isUtf8(code)) throw refused(name, 'is not UTF-8');
  const whole = Buffer.from(code).toString('utf8');
  const text = whole.startsWith(BYTE_ORDER_MARK) ? whole.slice(1) : whole;
  if (text.trim() === '') throw refused(name, 'is empty');
  const found = UNSENDABLE.exec(text);
  if (found) {
    const line = text.slice(0, found.index).split('\n').length;
    const byte = `\\x0${found[0].charCodeAt(0)}`;
    throw refused(`${name}:${line}`, `has the control character ${byte}; write it as "${byte}"`);
  }
  return Buffer.from(text, 'utf8');
}

function refused(name: string, problem: string): PortalError {
  return new PortalError('usage', `${name} ${problem}.`, { next: 'Correct the program, and run it again.' });
}

/**
 * @param traceback as the board printed it
 * @param name replaces the REPL's name for the program
 */
export function programError(traceback: string, name: string): PortalError {
  const error = boardError(traceback.replaceAll(`File "${REPL_NAME}"`, `File "${name}"`));
  const lines = [...traceback.matchAll(/^ {2}File "(.*)", line (\d+)/gm)];
  if (lines.length === 0 && error.code === 'board-no-memory')
    return error.with({
      adds: `${name} is too large to be compiled in the board's memory.`,
      next: 'Move parts of it into modules, and upload them with the program: esp-portal dev --help',
    });
  const line = lines.findLast(([, file]) => file === REPL_NAME)?.[2];
  if (line === undefined || error.code !== 'board-error') return error;
  const place = name.startsWith('<') ? `line ${line}` : `${name}:${line}`;
  return error.with({ next: `Correct ${place}, and run it again.` });
}
