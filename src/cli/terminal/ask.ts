// Questions to the person at a terminal: yes or no, a number of a list, and a password, which is not shown as it is typed.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { PortalError } from '../../errors.js';
import { parseWhole } from '../../input/decimal.js';
import type { Host } from '../host.js';
import { inOneLine } from './text.js';

/** The terminal for the question. */
export interface AskTerminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

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
  stderr.write(`\n${inOneLine(question)} [y/N] `);
  for await (const answer of answers(stdin, signal)) return /^y(es)?$/i.test(answer.trim());
  signal.throwIfAborted();
  return false;
}

/** The lines that are typed. Afterwards nothing reads the input, which would keep the process alive. */
async function* answers(input: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<string> {
  // Not as a terminal: readline would keep Ctrl-C to itself.
  const lines = createInterface({ input, terminal: false, signal });
  try {
    yield* lines;
  } finally {
    lines.close();
    input.pause();
  }
}

/**
 * Asks until the answer is one of the numbers.
 * @param count of the list, which is shown already
 * @returns the index in the list; `undefined` when the input ends
 * @throws the signal's reason
 */
export async function askNumber(
  question: string,
  count: number,
  { input, output }: AskTerminal,
  signal: AbortSignal,
): Promise<number | undefined> {
  const ask = () => output.write(`${question} [1-${count}] `);
  ask();
  // Not as a terminal: readline would keep Ctrl-C to itself.
  for await (const answer of createInterface({ input, terminal: false, signal })) {
    const index = (parseWhole(answer.trim()) ?? 0) - 1;
    if (index >= 0 && index < count) return index;
    ask();
  }
  signal.throwIfAborted();
  return undefined;
}

/**
 * Asks without echo.
 * @returns `undefined` when the input ends without an answer
 * @throws PortalError `interrupted` at Ctrl-C; the signal's reason
 */
export async function askSecret(
  question: string,
  { input, output }: AskTerminal,
  signal: AbortSignal,
): Promise<string | undefined> {
  signal.throwIfAborted();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // As a terminal, which turns off the echo and lets the line be edited: before the question, which may be answered at once.
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  output.write(question);
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      lines.on('SIGINT', () => reject(new PortalError('interrupted', 'Interrupted by Ctrl-C.')));
      // Ctrl-Z and fg: readline pauses the input, without which the process would end. It turns off the echo after this event.
      lines.on('SIGCONT', () =>
        setImmediate(() => {
          if (signal.aborted) return;
          lines.write(null, { ctrl: true, name: 'u' }); // what was typed before
          output.write(question);
        }),
      );
      lines.on('line', resolve);
      lines.on('close', () => resolve(undefined));
    });
  } finally {
    lines.close();
    output.write('\n');
  }
}
