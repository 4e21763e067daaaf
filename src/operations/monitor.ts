// monitor: follows a board's log until something happens. Never resets the board.

import { PortalError } from '../errors.js';
import { BoardLog } from '../log/board-log.js';
import type { LogEntry, LogEventName } from '../log/events.js';
import type { Port } from '../serial/port.js';

/** How long one wait for the next line lasts when nothing limits it. */
const ONE_DAY_MS = 24 * 60 * 60 * 1000;

export interface MonitorOptions {
  /** End at the first of these events. */
  until?: readonly LogEventName[] | undefined;
  timeoutMs?: number | undefined;
  /** The log of this port, when it has been read before. */
  log?: BoardLog | undefined;
  signal?: AbortSignal | undefined;
  onLog: (entry: LogEntry) => void;
}

/**
 * Follows the log.
 * @returns the event that was waited for; without `until` it never returns
 * @throws PortalError `timeout`, `port-lost`; the signal's reason
 */
export async function monitor(port: Port, options: MonitorOptions): Promise<LogEntry> {
  const { until = [], timeoutMs, log = new BoardLog(port), signal, onLog } = options;
  const isWanted = (entry: LogEntry): entry is LogEntry => until.includes(entry.event);
  for (;;) {
    const entry = await log.waitFor(isWanted, { timeoutMs: timeoutMs ?? ONE_DAY_MS, signal, onLog });
    if (entry) return entry;
    if (timeoutMs !== undefined) {
      const time = `${timeoutMs / 1000} s`;
      throw new PortalError(
        'timeout',
        until.length > 0
          ? `${time} went by on ${port.name} without ${until.join(' or ')}.`
          : `The ${time} of following ${port.name} are over.`,
      );
    }
  }
}
