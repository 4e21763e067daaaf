// A port's bytes as log events. Reads on demand only, so that other code can use the port in between; never writes.

import type { LogEntry } from '../../log/events.js';
import { LogParser } from '../../log/log-parser.js';
import type { Redactor } from '../../log/redaction/redactor.js';
import { ByteReader } from '../../port/byte-reader.js';
import type { Port } from '../../port/port.js';

/** After so long without a byte, a line that has not ended is shown as far as it has come: a prompt never ends. */
const PAUSE_MS = 30;
/** After this time without a byte, an event of several lines is complete, and an unfinished line is shown. */
const QUIET_MS = 250;

interface NextOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface BoardLogOptions {
  /** Leave passwords as the board printed them. */
  showSecrets?: boolean | undefined;
  /** Masks them, and the secrets of this run that it was given. */
  redactor?: Redactor | undefined;
  /** Called with all bytes that are read, including passwords. */
  onBytes?: ((bytes: Uint8Array) => void) | undefined;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/** The log of the board on a port; keep one per port, because it holds the beginning of the next line. */
export class BoardLog {
  readonly #reader: ByteReader;
  readonly #parser: LogParser;
  readonly #now: () => number;
  readonly #onBytes: (bytes: Uint8Array) => void;
  #entries: LogEntry[] = [];
  #taken = 0;
  #receivedAt = performance.now();
  #isQuiet = true;
  /** Whether what has not ended was shown since the last byte. */
  #isShown = true;
  /** When the line that has not ended was shown, or the one before it ended. */
  #shownAt = performance.now();

  constructor(
    port: Port,
    { showSecrets, redactor, onBytes = () => {}, now = Date.now }: BoardLogOptions = {},
  ) {
    this.#reader = ByteReader.of(port);
    this.#parser = new LogParser({ board: port.name, showSecrets, redactor });
    this.#onBytes = onBytes;
    this.#now = now;
  }

  /**
   * The next event.
   * @returns `undefined` when the time ran out
   * @throws PortalError `port-lost`; the signal's reason
   */
  async next({ timeoutMs, signal }: NextOptions): Promise<LogEntry | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const entry = this.#shift();
      if (entry) return entry;
      const leftMs = Math.max(0, deadline - performance.now());
      const quietMs = performance.now() - this.#receivedAt;
      const untilDueMs = this.#isQuiet ? leftMs : Math.max(0, this.#dueAfterMs - quietMs);
      const bytes = await this.#reader.read({ timeoutMs: Math.min(leftMs, untilDueMs), signal });
      if (bytes) this.#receive(bytes);
      else if (!this.#isQuiet && performance.now() - this.#receivedAt >= this.#dueAfterMs) this.#onQuiet();
      else if (performance.now() >= deadline) return undefined;
    }
  }

  /** The rest when reading ends: unfinished events and the unfinished line. */
  rest(): LogEntry[] {
    const rest = [...this.#entries.slice(this.#taken), ...this.#parser.end(this.#now())];
    this.#entries = [];
    this.#taken = 0;
    return rest;
  }

  /**
   * Follows the log up to an event.
   * @param isWanted selects the event
   * @param onLog called with every event, including the wanted one
   * @returns `undefined` when the time ran out
   */
  async waitFor<T extends LogEntry>(
    isWanted: (entry: LogEntry) => entry is T,
    { timeoutMs, signal, onLog }: NextOptions & { onLog?: ((entry: LogEntry) => void) | undefined },
  ): Promise<T | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const entry = await this.next({ timeoutMs: Math.max(0, deadline - performance.now()), signal });
      if (!entry) return undefined;
      onLog?.(entry);
      if (isWanted(entry)) return entry;
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#receivedAt = performance.now();
    this.#onBytes(bytes);
    const wasQuiet = this.#isQuiet;
    this.#isQuiet = false;
    this.#isShown = false;
    this.#entries = this.#parser.push(bytes, this.#now());
    this.#taken = 0;
    if (wasQuiet || this.#entries.length > 0) this.#shownAt = this.#receivedAt;
    else if (this.#receivedAt >= this.#shownAt + QUIET_MS) this.#showUnfinished();
  }

  /** How long no byte must have come for something to be shown. The lines of an event may come with pauses. */
  get #dueAfterMs(): number {
    return this.#isShown || this.#parser.isInGroup ? QUIET_MS : PAUSE_MS;
  }

  #onQuiet(): void {
    this.#entries = [];
    this.#taken = 0;
    if (this.#dueAfterMs === QUIET_MS) {
      this.#isQuiet = true;
      this.#entries = this.#parser.endGroup(this.#now());
    }
    if (!this.#isShown) this.#showUnfinished();
  }

  #showUnfinished(): void {
    this.#shownAt = performance.now();
    this.#isShown = true;
    const unfinished = this.#parser.isInGroup ? undefined : this.#parser.unfinished(this.#now());
    if (unfinished) this.#entries.push(unfinished);
  }

  /** Array.shift copies what is left each time, and a chunk at full speed has thousands of entries. */
  #shift(): LogEntry | undefined {
    return this.#taken < this.#entries.length ? this.#entries[this.#taken++] : undefined;
  }
}

/** How long one wait for the next event lasts; then the next begins. */
const ONE_HOUR_MS = 60 * 60 * 1000;

/**
 * The events of a board's log, passwords masked, until the loop over them ends.
 * @param redactor masks secrets of this program, too: `new Redactor([password])`
 * @throws PortalError `port-lost`; the signal's reason when it aborts
 */
export async function* followLog(
  port: Port,
  { signal, redactor }: { signal?: AbortSignal | undefined; redactor?: Redactor | undefined } = {},
): AsyncGenerator<LogEntry, never> {
  const log = new BoardLog(port, { redactor });
  for (;;) {
    const entry = await log.next({ timeoutMs: ONE_HOUR_MS, signal });
    if (entry) yield entry;
  }
}
