// Waiting for a firmware that was just started to show itself.

import { RawRepl } from '../device/raw-repl.js';
import { playReset, RUN } from '../device/resets.js';
import { PortalError } from '../errors.js';
import { BoardLog } from '../log/board-log.js';
import type { LogEntry } from '../log/events.js';
import type { Port } from '../serial/port.js';

/** What told that MicroPython runs. */
export interface SignOfLife {
  /** Its own line, when it came. */
  readonly banner?: string;
  readonly version?: string;
}

/** An ESP32 says this before it restarts for want of current; once may be the plug. */
const BROWN_OUT = /Brownout detector was triggered/i;
const BROWN_OUTS_OF_A_WEAK_SUPPLY = 2;

/**
 * Waits for MicroPython's banner. A main.py from before the update runs instead of the prompt: then the prompt is
 * asked for, but only after a first boot has had the time to format its files.
 * @returns `undefined` when there is no sign of it
 * @throws PortalError `board-restarts`, `port-lost`; the signal's reason
 */
export async function seeFirmware(
  port: Port,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<SignOfLife | undefined> {
  let brownOuts = 0;
  const isSign = (entry: LogEntry): entry is LogEntry => {
    if (BROWN_OUT.test(entry.raw)) brownOuts++;
    return isSignOfPython(entry) || brownOuts >= BROWN_OUTS_OF_A_WEAK_SUPPLY;
  };
  const sign = await new BoardLog(port).waitFor(isSign, { timeoutMs, signal });
  if (sign?.event === 'boot.micropython') return { banner: sign.raw, version: sign.version };
  if (brownOuts >= BROWN_OUTS_OF_A_WEAK_SUPPLY) {
    throw new PortalError(
      'board-restarts',
      `The firmware is complete and verified, but the board on ${port.name} restarts again and again.`,
    );
  }
  if (sign) return {};
  try {
    await using _repl = await RawRepl.enter(port, signal);
  } catch (error) {
    if (error instanceof PortalError && error.code.startsWith('repl-')) return undefined;
    throw error;
  }
  await playReset(port, RUN, signal);
  return {};
}

/** The banner, or a line that only our portal prints. */
function isSignOfPython(entry: LogEntry): boolean {
  return /^(boot\.micropython|creds|portal)/.test(entry.event);
}
