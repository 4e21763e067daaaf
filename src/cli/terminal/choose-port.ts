// Which port a command uses when none was named.

import { type BoardPort, boardsAmong, discoverPorts, theOnlyBoard } from '../../operations/ports/ports.js';
import { type AskTerminal, askNumber } from './ask.js';
import { inOneLine } from './text.js';

/**
 * The one board that is plugged in; with several, the one that a person picks.
 * @param terminal `undefined` without an interactive terminal
 * @throws PortalError `port-none`, `port-ambiguous`; the signal's reason
 */
export async function choosePort(terminal: AskTerminal | undefined, signal: AbortSignal): Promise<string> {
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
  { input, output }: AskTerminal,
  signal: AbortSignal,
): Promise<BoardPort> {
  for (const [index, { path, adapter, serialNumber }] of boards.entries()) {
    const serial = serialNumber ? `, serial number ${serialNumber}` : '';
    output.write(`  ${index + 1}  ${inOneLine(`${path}  ${adapter}${serial}`)}\n`); // a USB device names itself
  }
  const index = await askNumber('Which board?', boards.length, { input, output }, signal);
  const board = boards[index ?? -1];
  if (board) return board;
  return theOnlyBoard(boards);
}
