// The test of a board: an event of its log that must come, and others that must not, from its start on.

import { PortalError } from '../../errors.js';
import type { LogEntry } from '../../log/events.js';
import type { Port } from '../../port/port.js';
import type { BoardLog } from '../log/board-log.js';
import { monitor } from '../log/monitor.js';
import type { TestFilters } from './plan/prepare-plan.js';

export class BoardTest {
  readonly #filters: TestFilters | undefined;
  #failed: LogEntry | undefined;
  #reached: LogEntry | undefined;

  constructor(filters: TestFilters | undefined) {
    this.#filters = filters;
  }

  /** Takes what the board printed while it started. */
  watch(entry: LogEntry): void {
    if (entry.unfinished || this.#failed || this.#reached) return;
    if (this.#filters?.failOn?.matches(entry)) this.#failed = entry;
    else if (this.#filters?.until.matches(entry)) this.#reached = entry;
  }

  /**
   * Follows the log until the test is decided.
   * @returns the event that showed a good board, `none` without a test
   * @throws PortalError `board-error`, `timeout`, `port-lost`; the signal's reason
   */
  async finish(
    port: Port,
    { log, signal, onLog }: { log: BoardLog; signal: AbortSignal; onLog: (entry: LogEntry) => void },
  ): Promise<string> {
    if (!this.#filters) return 'none';
    if (this.#failed)
      throw new PortalError('board-error', `The board reported ${this.#failed.event} while it started.`);
    if (this.#reached) return this.#reached.event;
    const { until, failOn, timeoutMs } = this.#filters;
    return (await monitor(port, { until, failOn, timeoutMs, log, signal, onLog })).event;
  }
}
