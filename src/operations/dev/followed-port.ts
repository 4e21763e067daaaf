// The port of a board whose log is followed. Finds it again after it went away.

import { PortalError } from '../../errors.js';
import type { LogEntry, LogEvent } from '../../log/events.js';
import type { Redactor } from '../../log/redaction/redactor.js';
import { SecretFilter } from '../../log/redaction/secret-filter.js';
import type { Port } from '../../port/port.js';
import { BoardLog } from '../log/board-log.js';

const ONE_HOUR_MS = 60 * 60 * 1000;

export interface FollowedPortOptions {
  readonly redactor?: Redactor | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Opens the port again after it went away; without it dev ends then. */
  readonly reopen?:
    | ((signal: AbortSignal | undefined) => Promise<{ port: Port; address: string }>)
    | undefined;
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
  /** Called with the board's bytes, passwords masked. */
  readonly onRaw?: ((bytes: Uint8Array) => void) | undefined;
}

export class FollowedPort implements AsyncDisposable {
  readonly #options: FollowedPortOptions;
  #port: Port;
  #log: BoardLog;
  #hasReopened = false;

  constructor(port: Port, options: FollowedPortOptions) {
    this.#options = options;
    this.#port = port;
    this.#log = this.#newLog();
  }

  get port(): Port {
    return this.#port;
  }

  /**
   * Shows the log.
   * @param woken ends it
   * @throws PortalError `port-lost`; the signal's reason
   */
  async follow(woken: AbortSignal): Promise<void> {
    const { signal } = this.#options;
    const either = signal ? AbortSignal.any([signal, woken]) : woken;
    while (!woken.aborted) {
      try {
        const entry = await this.#log.next({ timeoutMs: ONE_HOUR_MS, signal: either });
        if (entry) this.#options.onLog?.(entry);
      } catch (error) {
        signal?.throwIfAborted();
        if (!woken.aborted) throw error;
      }
    }
  }

  /** Shows what has been read and is unfinished, before other code uses the port. */
  showRest(): void {
    for (const entry of this.#log.rest()) this.#options.onLog?.(entry);
  }

  /**
   * Waits until the port is back.
   * @throws `lost` where it cannot be opened again; the signal's reason
   */
  async reopen(lost: unknown): Promise<void> {
    const { reopen, signal } = this.#options;
    if (!reopen) throw lost;
    this.showRest();
    const lostAt = performance.now();
    this.#report({ event: 'port.lost' }, `${this.#port.name} was disconnected`);
    await this.#port[Symbol.asyncDispose]();
    const { port, address } = await reopen(signal);
    this.#port = port;
    this.#hasReopened = true;
    this.#log = this.#newLog();
    const gapMs = Math.round(performance.now() - lostAt);
    this.#report({ event: 'port.back', address, gapMs }, `${address} is back`);
  }

  /** Closes a port that was opened again: no other code has it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasReopened) await this.#port[Symbol.asyncDispose]();
  }

  #newLog(): BoardLog {
    const { redactor, onRaw } = this.#options;
    const secrets = new SecretFilter(redactor);
    return new BoardLog(this.#port, { redactor, onBytes: (bytes) => onRaw?.(secrets.push(bytes)) });
  }

  #report(event: LogEvent, raw: string): void {
    this.#options.onLog?.({ raw, timeMs: Date.now(), board: this.#port.name, ...event });
  }
}

export function isPortGone(error: unknown): boolean {
  return error instanceof PortalError && error.code === 'port-lost';
}
