// monitor: follows a board's log until an event. Resets the board only with `reset`.

import { PortalError } from '../../errors.js';
import { BootBaudPort } from '../../esp/boot-baud.js';
import type { EventFilter } from '../../log/event-filter.js';
import type { LogEntry, LogEvent } from '../../log/events.js';
import type { Redactor } from '../../log/redaction/redactor.js';
import { SecretFilter } from '../../log/redaction/secret-filter.js';
import type { Port } from '../../port/port.js';
import { BoardLog } from './board-log.js';
import { restartBoard, restartWhileFollowed } from './restart-board.js';

/** How long one wait for the next line lasts when nothing limits it. */
const ONE_DAY_MS = 24 * 60 * 60 * 1000;

/** A port that is lost within this time without a byte was refused by the other end. */
const REFUSED_WITHIN_MS = 1000;

export interface MonitorOptions {
  /** End at the first of these events. */
  until?: EventFilter | undefined;
  /** Fail at the first of these events. */
  failOn?: EventFilter | undefined;
  timeoutMs?: number | undefined;
  /** Restart the board first. */
  reset?: boolean | undefined;
  /** Listen at this rate to the ROM after a reset; 74880 for an ESP8266. */
  bootBaudRate?: number | undefined;
  /** Opens the port again after it went away, however long that takes; without it the monitor ends then. */
  reopen?: ((signal: AbortSignal | undefined) => Promise<{ port: Port; address: string }>) | undefined;
  /** Leave passwords as the board printed them. */
  showSecrets?: boolean | undefined;
  /** Masks them, and the secrets of this run that it was given. */
  redactor?: Redactor | undefined;
  /** The log of this port, when it has been read before. */
  log?: BoardLog | undefined;
  signal?: AbortSignal | undefined;
  onLog: (entry: LogEntry) => void;
  /** Called with the board's bytes, with passwords masked. */
  onRaw?: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Follows the log.
 * @returns the event that was waited for; without `until` it never returns
 * @throws PortalError `board-error` for what `failOn` names, `timeout`, `port-lost`; the signal's reason
 */
export async function monitor(port: Port, options: MonitorOptions): Promise<LogEntry> {
  return await new Monitor(port, options).follow();
}

/** A log being followed, for callers that use the port meanwhile. */
export class Monitor {
  readonly #options: MonitorOptions;
  #port: Port | BootBaudPort;
  #log: BoardLog;
  #secrets: SecretFilter;
  readonly #openedAt = performance.now();
  #hasReceived = false;
  #hasReopened = false;

  constructor(port: Port, options: MonitorOptions) {
    this.#options = options;
    this.#secrets = new SecretFilter(options.redactor);
    this.#port = this.#prepare(port);
    this.#log = options.log ?? this.#newLog();
  }

  /** As `monitor`; once a Monitor. */
  async follow(): Promise<LogEntry> {
    try {
      return await this.#follow();
    } finally {
      if (this.#hasReopened) await this.#port[Symbol.asyncDispose](); // no other code has this port
    }
  }

  async #follow(): Promise<LogEntry> {
    const { timeoutMs, reset, signal } = this.#options;
    const deadline = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    const leftMs = () => (deadline === undefined ? ONE_DAY_MS : Math.max(0, deadline - performance.now()));
    if (reset) await restartBoard(this.#port, signal);
    for (;;) {
      let entry: LogEntry | undefined;
      try {
        entry = await this.#log.next({ timeoutMs: leftMs(), signal });
      } catch (error) {
        const wanted = this.#emitRest();
        if (wanted) return wanted;
        if (!this.#isLoss(error)) throw error;
        const found = await this.#reconnect(deadline);
        if (found) return found;
        continue;
      }
      if (entry) {
        if (this.#emit(entry)) return entry;
      } else if (deadline !== undefined) {
        const wanted = this.#emitRest();
        if (wanted) return wanted;
        throw this.#timeout();
      }
    }
  }

  /** Restarts the board while its log is followed, and switches to the ROM's baud rate if it differs. */
  async reset(): Promise<void> {
    await restartWhileFollowed(this.#port, this.#options.signal);
  }

  /** Sends to the board. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#port.write(bytes);
  }

  #prepare(port: Port): Port | BootBaudPort {
    const { bootBaudRate } = this.#options;
    return bootBaudRate === undefined ? port : new BootBaudPort(port, bootBaudRate);
  }

  #newLog(): BoardLog {
    const { showSecrets = false, redactor, onRaw } = this.#options;
    this.#secrets = new SecretFilter(redactor);
    return new BoardLog(this.#port, {
      showSecrets,
      redactor,
      onBytes: (bytes) => {
        this.#hasReceived = true;
        onRaw?.(showSecrets ? bytes : this.#secrets.push(bytes));
      },
    });
  }

  /** @returns whether this is what was waited for */
  #emit(entry: LogEntry): boolean {
    const { until, failOn, onLog } = this.#options;
    onLog(entry);
    if (failOn?.matches(entry)) {
      throw new PortalError('board-error', `The board reported ${describe(entry)}.`, {
        next: entry.advice ?? 'Read the lines of the log before this event: they show what the board did.',
      });
    }
    return until?.matches(entry) ?? false;
  }

  /** Shows unfinished lines. */
  #emitRest(): LogEntry | undefined {
    this.#options.onRaw?.(this.#secrets.end());
    return this.#log.rest().filter((entry) => this.#emit(entry))[0];
  }

  #isLoss(error: unknown): boolean {
    return (
      this.#options.reopen !== undefined &&
      error instanceof PortalError &&
      error.code === 'port-lost' &&
      (this.#hasReceived || performance.now() - this.#openedAt > REFUSED_WITHIN_MS)
    );
  }

  /** Waits for the port to come back. @returns the `until` event, if that is `port.back` */
  async #reconnect(deadline: number | undefined): Promise<LogEntry | undefined> {
    const { signal, reopen } = this.#options;
    const lostAt = performance.now();
    const lost = this.#entry({ event: 'port.lost' }, `${this.#port.name} was disconnected`);
    if (this.#emit(lost)) return lost;
    await this.#port[Symbol.asyncDispose]();
    const back = await this.#within(deadline, signal, async (until) => await reopen?.(until));
    if (!back) return undefined;
    const gapMs = Math.round(performance.now() - lostAt);
    this.#port = this.#prepare(back.port);
    this.#hasReopened = true;
    this.#log = this.#newLog();
    const { address } = back;
    const seconds = (gapMs / 1000).toFixed(1);
    const entry = this.#entry(
      { event: 'port.back', address, gapMs },
      `${address} is back after ${seconds} s; the log of that time is missing`,
    );
    return this.#emit(entry) ? entry : undefined;
  }

  /** Gives up what takes longer than the time that is left. */
  async #within<T>(
    deadline: number | undefined,
    signal: AbortSignal | undefined,
    act: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    if (deadline === undefined) return await act(signal);
    const time = AbortSignal.timeout(Math.ceil(Math.max(0, deadline - performance.now())));
    try {
      return await act(signal ? AbortSignal.any([signal, time]) : time);
    } catch (error) {
      if (time.aborted && !signal?.aborted) throw this.#timeout();
      throw error;
    }
  }

  #entry(event: LogEvent, raw: string): LogEntry {
    return { raw, timeMs: Date.now(), board: this.#port.name, ...event };
  }

  #timeout(): PortalError {
    const { timeoutMs = 0, until } = this.#options;
    const time = `${timeoutMs / 1000} s`;
    if (until)
      return new PortalError(
        'timeout',
        `Timed out after ${time} waiting for ${until.list} on ${this.#port.name}.`,
      );
    return new PortalError('timeout', `Timed out after ${time} following ${this.#port.name}.`, {
      next: 'To wait for something, name it: --until portal.ready. To follow until Ctrl-C, leave --timeout out.',
    });
  }
}

function describe(entry: LogEntry): string {
  switch (entry.event) {
    case 'python.traceback':
      return `${entry.event}: ${entry.type}${entry.message === '' ? '' : `: ${entry.message}`}`;
    case 'crash.esp8266':
    case 'crash.esp32':
      return `${entry.event}: ${entry.kind}`;
    default:
      return entry.event;
  }
}
