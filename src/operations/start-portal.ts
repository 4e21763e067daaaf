// The moment of truth after a restart: the portal reports, the board joins its network, or a traceback comes.

import { PortalError } from '../errors.js';
import type { BoardLog } from '../log/board-log.js';
import type { LogEntry } from '../log/events.js';
import { errorCodeOf } from '../micropython/board-error.js';

/** Ten tries to join a stored network, 2 s apart, and a scan come before the portal opens. */
const READY_TIMEOUT_MS = 45_000;

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
  signal?: AbortSignal | undefined;
  onLog?: ((entry: LogEntry) => void) | undefined;
}

type StartEntry = LogEntry & { event: 'portal.ready' | 'wifi.connected' | 'python.traceback' };

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
  const { timeoutMs = READY_TIMEOUT_MS, signal, onLog } = options;
  const entry = await log.waitFor(
    (candidate): candidate is StartEntry =>
      candidate.event === 'portal.ready' ||
      candidate.event === 'wifi.connected' ||
      candidate.event === 'python.traceback',
    { timeoutMs, signal, onLog },
  );
  switch (entry?.event) {
    case 'portal.ready':
      return { state: 'portal', ssid: entry.essid, url: entry.url };
    case 'wifi.connected':
      return { state: 'connected', ssid: entry.ssid, url: `http://${entry.address}/` };
    case 'python.traceback':
      throw new PortalError(
        errorCodeOf(entry.raw),
        `The portal ended with ${entry.type}: ${entry.message}.`,
        {
          boardOutput: entry.raw,
        },
      );
    case undefined:
      throw new PortalError(
        options.timeoutMs === undefined ? 'portal-silent' : 'timeout', // the caller's own limit
        `The portal on ${portName} did not report within ${timeoutMs / 1000} s.`,
      );
  }
}
