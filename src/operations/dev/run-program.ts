// run, exec: a program from this computer in the board's memory, without its files. Its output comes live.

import { PortalError } from '../../errors.js';
import { RUN, runResetSequence } from '../../esp/resets.js';
import type { LogEntry } from '../../log/events.js';
import { LogParser } from '../../log/log-parser.js';
import type { Redactor } from '../../log/redaction/redactor.js';
import { SecretFilter } from '../../log/redaction/secret-filter.js';
import { BoardSession } from '../../micropython/board-session.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { Port } from '../../port/port.js';
import { checkedProgram, programError } from './program.js';

export interface RunOptions {
  /** Of the program, for its tracebacks: the file on this computer. */
  readonly name?: string | undefined;
  /** How long it may run, in milliseconds; without it, until it ends. */
  readonly timeoutMs?: number | undefined;
  /** Masks the secrets of this run that it was given, and passwords. */
  readonly redactor?: Redactor | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with what the program prints, passwords masked. */
  readonly onOutput?: ((bytes: Uint8Array) => void) | undefined;
  /** Called with the same as events. */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
}

/** How the program ended; the board has its normal start behind each. */
export interface RunResult {
  /**
   * `soft-reset`: it called machine.soft_reset() or, since MicroPython 1.24, sys.exit(); `restarted`: the program, or what
   * it did, restarted the board.
   */
  readonly ended: 'done' | 'soft-reset' | 'restarted';
}

/** What a board prints when it starts, and the portal first. */
const STARTS: ReadonlySet<LogEntry['event']> = new Set([
  ...(['boot.rom', 'boot.loading', 'boot.micropython', 'boot.soft'] as const),
  ...(['crash.esp8266', 'crash.esp32', 'creds.loading', 'portal.starting'] as const),
]);

const LEFT = 'The board restarts with its own files; esp-portal changed none of them.';

/**
 * Runs a program in the raw REPL, and restarts the board behind it.
 * @param code UTF-8; a file of this computer
 * @throws PortalError `usage` for code that cannot be sent, `board-…` with the traceback, `timeout`, `repl-…`,
 *   `port-lost`; the signal's reason
 */
export async function runProgram(
  port: Port,
  code: Uint8Array,
  { name = '<stdin>', timeoutMs, redactor, signal, onOutput, onLog }: RunOptions = {},
): Promise<RunResult> {
  const program = checkedProgram(code, name);
  const session = new BoardSession(port, { signal, leaves: 'No file on the board was changed.' });
  const output = new Output({ board: port.name, redactor, onOutput, onLog });
  let isRunning = false;
  try {
    await session.enter();
    await session.stopProgram();
    session.leaves = LEFT;
    isRunning = true;
    using limit = timeLimit(timeoutMs, name, signal);
    const end = await session.repl.runProgram(program, (bytes) => output.take(bytes), limit.signal);
    isRunning = false;
    output.end();
    if (end === undefined && output.crash) throw crashed(name, output.crash);
    if (end === undefined) return { ended: 'restarted' };
    if (end.traceback.trim() !== '') throw programError(end.traceback, name);
    await session.repl.restartBoard();
    return { ended: end.isSoftReset ? 'soft-reset' : 'done' };
  } catch (error) {
    output.end();
    if (isRunning && session.isEntered) session.leaves = await stop(port, session.repl);
    else if (session.isEntered) await session.repl.abortAndReset();
    throw session.withState(error);
  }
}

/** Ends the program and restarts the board. @returns how the board was left */
async function stop(port: Port, repl: RawRepl): Promise<string> {
  try {
    if (await repl.interruptProgram()) {
      await repl.abortAndReset();
      return LEFT;
    }
    await runResetSequence(port, RUN); // no signal: this is what follows an abort
    if (port.hasLines && port.usb?.kind !== 'usb-cdc')
      return 'The program ignored Ctrl-C, so the board was reset; esp-portal changed none of its files.';
    return "The program ignores Ctrl-C and continues: press the board's reset button.";
  } catch (error) {
    if (!(error instanceof PortalError)) throw error; // the port is gone
    return LEFT;
  }
}

function crashed(name: string, { event, raw }: LogEntry): PortalError {
  const message = `The board crashed while ${name} ran (${event}).`;
  return new PortalError('board-error', message, { boardOutput: raw });
}

/** A signal that aborts when the time is over, too. */
function timeLimit(
  timeoutMs: number | undefined,
  name: string,
  signal: AbortSignal | undefined,
): { readonly signal: AbortSignal | undefined } & Disposable {
  if (timeoutMs === undefined) return { signal, [Symbol.dispose]() {} };
  const over = new AbortController();
  const message = `${name} still ran after ${timeoutMs / 1000} s and was stopped.`;
  const timer = setTimeout(() => over.abort(new PortalError('timeout', message)), timeoutMs);
  return {
    signal: signal ? AbortSignal.any([signal, over.signal]) : over.signal,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** What the program prints, as bytes and as events. */
class Output {
  crash: LogEntry | undefined;
  readonly #parser: LogParser;
  readonly #secrets: SecretFilter;
  readonly #onOutput: (bytes: Uint8Array) => void;
  readonly #onLog: (entry: LogEntry) => void;
  #isOver = false;

  constructor({ board, redactor, onOutput, onLog }: RunOptions & { board: string }) {
    this.#parser = new LogParser({ board, redactor });
    this.#secrets = new SecretFilter(redactor);
    this.#onOutput = onOutput ?? (() => {});
    this.#onLog = onLog ?? (() => {});
  }

  /** @returns whether the board has restarted */
  take(bytes: Uint8Array): boolean {
    this.#onOutput(this.#secrets.push(bytes));
    this.#isOver = this.#show(this.#parser.push(bytes, Date.now()));
    return this.#isOver;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onOutput(this.#secrets.end());
    this.#show(this.#parser.end(Date.now()));
  }

  #show(entries: readonly LogEntry[]): boolean {
    for (const entry of entries) {
      this.#onLog(entry);
      if (entry.event.startsWith('crash.')) this.crash = entry;
      if (STARTS.has(entry.event)) return true;
    }
    return false;
  }
}
