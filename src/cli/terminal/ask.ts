// A question with yes or no, on a terminal.

import type { Host } from '../host.js';
import { inOneLine } from './text.js';

/** Whether a person can be asked. */
export function isInteractive({ stdin, stderr }: Pick<Host, 'stdin' | 'stderr'>, isJson: boolean): boolean {
  return !isJson && stdin.isTTY && stderr.isTTY;
}

/**
 * @param question without its end
 * @returns no for anything but yes, also when the input ends
 * @throws the signal's reason
 */
export async function askYesNo(
  question: string,
  { stdin, stderr }: Pick<Host, 'stdin' | 'stderr'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  stderr.write(`\n${inOneLine(question)} [y/N] `);
  // Not as a terminal: readline would keep Ctrl-C to itself.
  for await (const answer of createInterface({ input: stdin, terminal: false, signal })) {
    return /^y(es)?$/i.test(answer.trim());
  }
  signal.throwIfAborted();
  return false;
}
