// What would keep a port from being opened, found out without opening it: that could reset the board.

import { access, constants } from 'node:fs/promises';
import { ERROR_TABLE } from '../errors.js';
import { findPortHolders, nameHolders } from './port-holder.js';

/** @returns a sentence that says what is wrong and what to do; `undefined` when nothing is known to be */
export async function portProblem(path: string): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined; // COM ports are no files
  try {
    await access(path, constants.R_OK | constants.W_OK);
  } catch {
    const { cause, next } = ERROR_TABLE['port-denied'];
    return `${cause} ${next}`;
  }
  const holders = await findPortHolders(path);
  return holders.length > 0 ? `In use by ${nameHolders(holders)}: close it first.` : undefined;
}
