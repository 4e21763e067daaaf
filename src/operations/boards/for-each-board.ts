// Runs one action on several boards at the same time: starts them staggered, keeps a failure to its board, and reports
// every event with the board that it is of. Does not know what the action does.

import { delay } from '../../delay.js';
import { PortalError } from '../../errors.js';
import type { LogEntry } from '../../log/events.js';
import { type OpenPortOptions, openPort } from '../../port/open.js';
import type { Port, PortNotice } from '../../port/port.js';
import type { OnProgress, ProgressEvent } from '../../progress.js';

/** Radios that start together can brown out a USB hub. */
const STAGGER_MS = 1000;

/** What happens on one of several boards; `board` is its port as it was given. */
export type BoardsEvent = { readonly board: string } & (
  | ProgressEvent
  | LogEntry
  | PortNotice
  | BoardStartEvent
  | BoardEndEvent
);

/** The action has begun. */
interface BoardStartEvent {
  readonly event: 'board-start';
}

/** The action has ended, and the port is closed. */
interface BoardEndEvent {
  readonly event: 'board-end';
  readonly ok: boolean;
  /** Since `board-start`; 0 for a board that was not started. */
  readonly seconds: number;
  /** Of a board that failed. */
  readonly error?: Error;
}

/** How one board ended. */
export type BoardResult<T> = { readonly board: string; readonly seconds: number } & (
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** A PortalError, or a bug. */
      readonly error: Error;
      /** `false` for a board that was still to be started when the signal aborted. */
      readonly isStarted: boolean;
    }
);

/** What an action works with; also the options of an operation: `install(await board.openPort(), board)`. */
export interface BoardTask {
  /** The port as it was given. */
  readonly board: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress;
  readonly onLog: (entry: LogEntry) => void;
  readonly onNotice: (notice: PortNotice) => void;
  /** Opens the port; it is closed when the action ends. Throws as `openPort` does. */
  openPort(options?: OpenPortOptions): Promise<Port>;
}

export interface ForEachBoardOptions {
  /** How many boards at the same time; all by default. */
  jobs?: number | undefined;
  /** Between two starts, in milliseconds; 1000 by default. */
  staggerMs?: number | undefined;
  /** Ends all actions, which get it too; boards that have not started are left alone. */
  signal?: AbortSignal | undefined;
  onEvent?: ((event: BoardsEvent) => void) | undefined;
  /** Measures and waits, for tests. */
  clock?: BoardsClock | undefined;
}

export interface BoardsClock {
  nowMs(): number;
  /** Rejects with the signal's reason when it aborts. */
  wait(durationMs: number, signal: AbortSignal | undefined): Promise<void>;
}

const REAL_CLOCK: BoardsClock = { nowMs: () => performance.now(), wait: delay };

/**
 * Runs the action on each board. A failure ends its board only; an abort ends all, and waits until each action has left
 * its board in order.
 * @param ports addresses as for `openPort`. A source that goes on, such as one of boards that are plugged in, is
 *   asynchronous, and ends at an abort
 * @returns how each board ended, in the order of the ports; no board's failure rejects
 * @throws PortalError `usage` for a port that is given twice, or `jobs` that is no whole number above 0
 */
export async function forEachBoard<T>(
  ports: readonly string[] | AsyncIterable<string>,
  action: (board: BoardTask) => Promise<T>,
  options: ForEachBoardOptions = {},
): Promise<BoardResult<T>[]> {
  const { jobs = Number.POSITIVE_INFINITY, staggerMs = STAGGER_MS, signal, clock = REAL_CLOCK } = options;
  checkOptions(ports, jobs);
  const results: Promise<BoardResult<T>>[] = [];
  const running = new Set<Promise<unknown>>();
  let nextStartMs = Number.NEGATIVE_INFINITY;
  for await (const board of ports) {
    while (running.size >= jobs) await Promise.race(running);
    try {
      await clock.wait(Math.max(0, nextStartMs - clock.nowMs()), signal);
    } catch (error) {
      results.push(Promise.resolve(notStarted(board, error, options)));
      continue;
    }
    nextStartMs = clock.nowMs() + staggerMs;
    const run = runOne(board, action, { ...options, clock });
    running.add(run);
    void run.then(() => running.delete(run));
    results.push(run);
  }
  return Promise.all(results);
}

function checkOptions(ports: readonly string[] | AsyncIterable<string>, jobs: number): void {
  if (jobs < 1 || (Number.isFinite(jobs) && !Number.isInteger(jobs)))
    throw new PortalError('usage', `jobs is ${jobs}: give a whole number from 1.`);
  if (!Array.isArray(ports)) return;
  const double = ports.find((port, index) => ports.indexOf(port) !== index);
  if (double !== undefined) throw new PortalError('usage', `${double} is given twice.`);
}

function notStarted<T>(board: string, thrown: unknown, { onEvent }: ForEachBoardOptions): BoardResult<T> {
  const error = asError(thrown);
  onEvent?.({ event: 'board-end', board, ok: false, seconds: 0, error });
  return { board, seconds: 0, ok: false, error, isStarted: false };
}

/** Never rejects. */
async function runOne<T>(
  board: string,
  action: (board: BoardTask) => Promise<T>,
  { signal, onEvent, clock }: ForEachBoardOptions & { clock: BoardsClock },
): Promise<BoardResult<T>> {
  const startMs = clock.nowMs();
  const seconds = () => (clock.nowMs() - startMs) / 1000;
  const emit = (event: ProgressEvent | LogEntry | PortNotice | BoardStartEvent | BoardEndEvent) =>
    onEvent?.({ ...event, board });
  try {
    emit({ event: 'board-start' });
    const value = await withPorts(action, { board, signal, onProgress: emit, onLog: emit, onNotice: emit });
    emit({ event: 'board-end', ok: true, seconds: seconds() });
    return { board, seconds: seconds(), ok: true, value };
  } catch (thrown) {
    const error = asError(thrown);
    onEvent?.({ event: 'board-end', board, ok: false, seconds: seconds(), error });
    return { board, seconds: seconds(), ok: false, error, isStarted: true };
  }
}

/** The ports of an action are closed at its end, however it ends. */
async function withPorts<T>(
  action: (board: BoardTask) => Promise<T>,
  task: Omit<BoardTask, 'openPort'>,
): Promise<T> {
  const { board, signal, onNotice } = task;
  const opened: Port[] = [];
  try {
    return await action({
      ...task,
      openPort: async (options = {}) => {
        const port = await openPort(board, { signal, onNotice, ...options });
        opened.push(port);
        return port;
      },
    });
  } finally {
    for (const port of opened.reverse()) await port[Symbol.asyncDispose]();
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
