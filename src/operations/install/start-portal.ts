// Waits after a restart until the portal is ready, the board joins its network, or a traceback is printed.

import { PortalError } from '../../errors.js';
import type { LogEntry } from '../../log/events.js';
import { errorCodeOf } from '../../micropython/board-error.js';
import type { BoardLog } from '../log/board-log.js';

/** Up to eight stored networks are tried before the portal opens: seven for 6 s, one for 20 s, and a scan. */
const READY_TIMEOUT_MS = 75_000;

/** How the portal started. */
export interface PortalStart {
  /** `portal`: the access point is open. `connected`: the board is on its network. */
  readonly state: 'portal' | 'connected';
  /** The access point's name, or the network's. */
  readonly ssid: string;
  /** Where the form is, or the board. */
  readonly url: string;
}

interface StartOptions {
  timeoutMs?: number | undefined;
  /** File that prints before the portal, boot.py by default. */
  runsBefore?: string | undefined;
  /** The last event of the log that was read before. */
  seen?: LogEntry | undefined;
  signal?: AbortSignal | undefined;
  onLog?: ((entry: LogEntry) => void) | undefined;
}

type StartEntry = LogEntry & {
  event: 'portal.ready' | 'wifi.connected' | 'python.traceback' | 'boot.micropython';
};

/** What only the portal prints. */
const IS_PORTAL = /^(?:creds|wifi|ap|portal|dns|http)\./;

/**
 * Reads the log of a board that is restarting.
 * @param portName for messages
 * @throws PortalError `board-error` with the traceback, `portal-silent`, `timeout` when it was
 *   the caller's time that ran out, `port-lost`; the signal's reason
 */
export async function startPortal(
  log: BoardLog,
  portName: string,
  options: StartOptions,
): Promise<PortalStart> {
  const { timeoutMs = READY_TIMEOUT_MS, runsBefore = 'boot.py', seen, signal, onLog } = options;
  let lastLine: string | undefined;
  let hasPortal = seen !== undefined && IS_PORTAL.test(seen.event);
  const watch = (entry: LogEntry) => {
    if (entry.event === 'line' && entry.raw.trim() !== '') lastLine = entry.raw.trim();
    hasPortal ||= IS_PORTAL.test(entry.event);
    onLog?.(entry);
  };
  const isStart = (candidate: LogEntry): candidate is StartEntry =>
    candidate.event === 'portal.ready' ||
    candidate.event === 'wifi.connected' ||
    candidate.event === 'python.traceback' ||
    (candidate.event === 'boot.micropython' && !hasPortal);
  const entry =
    seen !== undefined && isStart(seen)
      ? seen
      : await log.waitFor(isStart, { timeoutMs, signal, onLog: watch });
  if (entry) return readStart(entry, portName);
  // The caller's own limit is another error.
  const code = options.timeoutMs === undefined ? 'portal-silent' : 'timeout';
  if (lastLine !== undefined && !hasPortal) {
    throw new PortalError(
      code,
      `${runsBefore} on ${portName} is still busy after ${timeoutMs / 1000} s, and the portal has not started. Its last line: "${lastLine.slice(0, 80)}".`,
      { next: `Let ${runsBefore} end before the portal starts, and run the same command again.` },
    );
  }
  throw new PortalError(code, `The portal on ${portName} did not report within ${timeoutMs / 1000} s.`);
}

function readStart(entry: StartEntry, portName: string): PortalStart {
  switch (entry.event) {
    case 'portal.ready':
      return { state: 'portal', ssid: entry.essid, url: entry.url };
    case 'wifi.connected':
      return { state: 'connected', ssid: entry.ssid, url: `http://${entry.address}/` };
    case 'python.traceback': {
      const message = `The portal ended with ${entry.type}: ${entry.message}.`;
      throw new PortalError(errorCodeOf(entry.raw), message, { boardOutput: entry.raw });
    }
    case 'boot.micropython': // the banner comes with the prompt
      throw new PortalError(
        'portal-silent',
        `main.py on ${portName} ended without starting the portal: MicroPython is at its prompt.`,
        { next: "Correct main.py so that it reaches the portal's lines, and run the same command again." },
      );
  }
}
