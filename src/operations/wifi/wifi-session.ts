// What the wifi commands share: a board with WiFi whose program is stopped, and runs again at the end.

import builtIns from '../../board-scripts/common/built_ins.py';
import { assemble, type Parameters } from '../../board-scripts/python-source.js';
import look from '../../board-scripts/wifi/look.py';
import portalModules from '../../board-scripts/wifi/portal_modules.py';
import { PortalError } from '../../errors.js';
import { isText, parseAnswer, parseHex } from '../../micropython/board-answer.js';
import { BoardSession } from '../../micropython/board-session.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { Port } from '../../port/port.js';
import type { OperationOptions } from '../../progress.js';
import { withoutWifi } from '../install/without-wifi.js';

interface Use {
  /** It needs the modules of the portal. */
  readonly needsPortal: boolean;
  /** The program's own connection is looked at, so the program must not be ended before. */
  readonly keepsProgram?: boolean;
}

export interface WifiBoard {
  readonly session: BoardSession;
  readonly repl: RawRepl;
  /** `esp8266` or `esp32`. */
  readonly platform: string;
  /** Name of the board in its firmware. */
  readonly machine: string;
}

type Look = [platform: string, machine: string, hasWifi: boolean, hasPortal: boolean];

/** A scan blocks for seconds, and so does one that waits for a busy radio. */
export const RADIO_IDLE_MS = 30_000;

/**
 * Interrupts the program on the board, does the work, and restarts the board; a board at its prompt on which nothing was
 * changed stays there. A board that fails half-way is restarted, too.
 * @throws PortalError `repl-…`, `board-no-wifi`, `board-no-portal`; what `work` throws; the signal's reason
 */
export async function withWifi<T>(
  port: Port,
  { signal, onProgress = () => {} }: OperationOptions,
  { needsPortal, keepsProgram = false }: Use,
  work: (board: WifiBoard) => Promise<T>,
): Promise<T> {
  onProgress({ event: 'step', step: 'enter-repl' });
  const session = new BoardSession(port, { signal, leaves: 'The stored networks were not changed.' });
  try {
    await using repl = await session.enter();
    try {
      if (!keepsProgram) await session.stopProgram();
      const result = await work(await lookAt(session, needsPortal));
      // What replaces settings restarts the board itself.
      if ((keepsProgram && repl.wasIdle) || !session.isEntered) return result;
      onProgress({ event: 'step', step: 'restart' });
      await session.repl.restartBoard();
      return result;
    } catch (error) {
      await session.repl.abortAndReset();
      throw error;
    }
  } catch (error) {
    throw session.withState(error);
  }
}

async function lookAt(session: BoardSession, needsPortal: boolean): Promise<WifiBoard> {
  const { repl, portName } = session;
  const answer = await repl.exec(assemble([builtIns, look]));
  const [platform, machine, hasWifi, hasPortal] = parseAnswer(answer, isLook);
  if (!hasWifi) throw withoutWifi(machine, portName);
  if (needsPortal && !hasPortal)
    throw new PortalError('board-no-portal', `The portal is not installed on the board on ${portName}.`);
  return { session, repl, platform, machine };
}

function isLook(value: unknown): value is Look {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [platform, machine, ...flags] = value;
  return isText(platform) && isText(machine) && flags.every((flag) => typeof flag === 'boolean');
}

export function notWritten(what: string): PortalError {
  return new PortalError('board-error', `The board could not store ${what}: its file was not written.`, {
    likelyCause: 'The filesystem is full or damaged.',
    next: 'Look at the files on the board: esp-portal files ls --port PORT',
  });
}

/**
 * Runs a program that uses the modules of the portal.
 * @returns its answer
 * @throws PortalError `transfer-failed`; as RawRepl.exec
 */
export async function execWithPortal<T>(
  repl: RawRepl,
  program: string,
  parameters: Parameters,
  isAnswer: (value: unknown) => value is T,
): Promise<T> {
  const code = assemble([builtIns, portalModules, program], parameters);
  const line = (await repl.exec(code, { idleMs: RADIO_IDLE_MS })).trimEnd().split('\n').pop() ?? '';
  return parseAnswer(Buffer.from(parseHex(line.trim())).toString(), isAnswer);
}
