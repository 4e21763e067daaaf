// A board's log as an async iterable, for programs that use this package.

import type { Port } from '../port/port.js';
import { BoardLog } from './board-log.js';
import type { LogEntry } from './events.js';
import type { Redactor } from './secrets.js';

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
