// A port's bytes as log events. Reads only when asked, so that others may talk to the board in between; never writes.

import { ReadlineParser } from '@serialport/parser-readline';
import type { Port } from '../serial/port.js';
import type { LogEntry } from './events.js';
import { LogParser } from './log-parser.js';

interface NextOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** The log of the board on a port; keep one per port, because it holds the beginning of the next line. */
export class BoardLog {
  readonly #port: Port;
  readonly #parser = new LogParser();
  // Splits bytes, not text, so that a character may arrive in two reads.
  readonly #lines = new ReadlineParser({ delimiter: '\n', encoding: 'utf8' });
  readonly #entries: LogEntry[] = [];

  constructor(port: Port) {
    this.#port = port;
    this.#lines.on('data', (line: string) => {
      this.#entries.push(...this.#parser.push(line.replace(/\r+$/, '')));
    });
  }

  /**
   * The next event.
   * @returns `undefined` when the time ran out
   * @throws PortalError `port-lost`; the signal's reason
   */
  async next({ timeoutMs, signal }: NextOptions): Promise<LogEntry | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const entry = this.#entries.shift();
      if (entry) return entry;
      const bytes = await this.#port.read({ timeoutMs: Math.max(0, deadline - performance.now()), signal });
      if (!bytes) return undefined;
      await new Promise<void>((resolve) => this.#lines.write(bytes, () => resolve()));
    }
  }

  /**
   * Follows the log up to an event.
   * @param isWanted says which
   * @param onLog told every event on the way, the wanted one included
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
}
