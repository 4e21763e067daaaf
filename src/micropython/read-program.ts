// Reads what a user's program prints in the raw REPL, for as long as it runs, and how it ended.

import { withoutSdkLines } from '../log/sdk-noise.js';
import { ProgramOutput } from './program-output.js';
import { type ReplLine, SOFT_RESET_TIMEOUT_MS } from './repl-line.js';

/** How long one read of a program that prints nothing lasts; then the next begins. */
const ONE_DAY_MS = 24 * 60 * 60_000;
/** What follows at once was printed by the program. */
const CONFIRM_END_MS = 50;

export interface ProgramEnd {
  /** Empty when the program ended well. */
  readonly traceback: string;
  /** It called sys.exit() or machine.soft_reset(). */
  readonly isSoftReset: boolean;
}

/**
 * @param take gets the output as it comes; returns true when it shows that the board has restarted
 * @returns `undefined` when the board has restarted
 * @throws PortalError `repl-stalled`, `port-lost`; the signal's reason
 */
export async function readProgram(
  line: ReplLine,
  take: (bytes: Uint8Array) => boolean,
  signal: AbortSignal | undefined,
): Promise<ProgramEnd | undefined> {
  const output = new ProgramOutput();
  for (;;) {
    const bytes = await line.reader.read({ timeoutMs: decidedWithinMs(output), signal });
    if (bytes === undefined && output.state === 'over')
      return { traceback: withoutSdkLines(output.traceback), isSoftReset: output.isSoftReset };
    if (bytes === undefined && output.state === 'ending') throw line.stalled('show its prompt');
    if (take(bytes ? output.push(bytes) : output.flush())) return undefined;
  }
}

/** How long a program may send nothing before the state of its output is decided. */
function decidedWithinMs(output: ProgramOutput): number {
  if (output.state === 'over') return CONFIRM_END_MS;
  return output.isHolding ? SOFT_RESET_TIMEOUT_MS : ONE_DAY_MS;
}
