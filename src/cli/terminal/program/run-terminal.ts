// Shows what a program prints that runs in a board's memory: bytes for people, events with --json.

import { type RunResult, runProgram } from '../../../operations/dev/run-program.js';
import type { CommandContext } from '../../context.js';
import type { Outcome } from '../../report/reporter.js';
import { rawSink } from '../raw-sink.js';

interface Program {
  readonly code: Uint8Array;
  /** For tracebacks. */
  readonly name: string;
}

/** Of ends that differ from running to the last line. */
const NOTICES: Readonly<Record<RunResult['ended'], string | undefined>> = {
  done: undefined,
  'soft-reset': 'The program ended by sys.exit() or machine.soft_reset(), which restarts MicroPython.',
  restarted: 'The board restarted before the program ended.',
};

export async function runOnTerminal(
  { code, name }: Program,
  { json, timeout: timeoutMs }: { readonly json: boolean; readonly timeout?: number | undefined },
  { host, openPort, redactor, reporter, signal, outputLost }: CommandContext,
): Promise<Outcome> {
  const port = await openPort();
  const line = new OpenLine();
  const result = await show();
  const message = result.ended ? NOTICES[result.ended] : undefined;
  if (message !== undefined) reporter.notice({ event: 'notice', message });
  return { fields: { ...result }, lines: [] }; // what the program printed is all that stdout has

  async function show(): Promise<Partial<RunResult>> {
    using bytes = json ? undefined : rawSink({ interactive: false, stdout: host.stdout });
    try {
      return await runProgram(port, code, {
        ...{ name, timeoutMs, redactor },
        signal: AbortSignal.any([signal, outputLost]),
        onOutput: (output) => {
          line.see(output);
          bytes?.push(output);
        },
        onLog: json ? reporter.log.bind(reporter) : undefined,
      });
    } catch (error) {
      // The output reports it.
      if (outputLost.aborted && !signal.aborted) return {};
      throw error;
    } finally {
      if (!json && host.stdout.isTTY && line.isOpen) bytes?.push(Buffer.from('\r\n')); // what follows is another line
    }
  }
}

/** Whether the last output ended without a line end. */
class OpenLine {
  isOpen = false;

  see(output: Uint8Array): void {
    const last = output.at(-1);
    if (last !== undefined) this.isOpen = last !== 0x0a;
  }
}
