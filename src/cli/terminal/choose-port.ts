// Which port a command uses when none was named.

import { createInterface } from 'node:readline';
import { parseWhole } from '../../input/decimal.js';
import { type BoardPort, boardsAmong, discoverPorts, theOnlyBoard } from '../../operations/ports/ports.js';
import { inOneLine } from './text.js';

/** The terminal for the question. */
interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * The one board that is plugged in; with several, the one that a person picks.
 * @param terminal `undefined` without an interactive terminal
 * @throws PortalError `port-none`, `port-ambiguous`; the signal's reason
 */
export async function choosePort(terminal: Terminal | undefined, signal: AbortSignal): Promise<string> {
  const boards = boardsAmong(await discoverPorts());
  signal.throwIfAborted(); // Ctrl-C also ends the program that lists them on Linux: the list may be incomplete
  const board = terminal && boards.length > 1 ? await askFor(boards, terminal, signal) : theOnlyBoard(boards);
  return board.path;
}

/**
 * Asks until the answer is one of the numbers.
 * @throws PortalError `port-ambiguous` when the input ends; the signal's reason
 */
export async function askFor(
  boards: readonly BoardPort[],
  { input, output }: Terminal,
  signal: AbortSignal,
): Promise<BoardPort> {
  for (const [index, { path, adapter, serialNumber }] of boards.entries()) {
    const serial = serialNumber ? `, serial number ${serialNumber}` : '';
    output.write(`  ${index + 1}  ${inOneLine(`${path}  ${adapter}${serial}`)}\n`); // a USB device names itself
  }
  const ask = () => output.write(`Which board? [1-${boards.length}] `);
  ask();
  // Not as a terminal: readline would keep Ctrl-C to itself.
  for await (const answer of createInterface({ input, terminal: false, signal })) {
    const board = boards[(parseWhole(answer.trim()) ?? 0) - 1];
    if (board) return board;
    ask();
  }
  signal.throwIfAborted();
  return theOnlyBoard(boards);
}
