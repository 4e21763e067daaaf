// Waits until a board is plugged in and its port can be opened.

import { delay } from '../delay.js';
import type { ErrorCode } from '../error-table.js';
import { PortalError } from '../errors.js';

const RETRY_MS = 500;
/** A station of the network that is off is not reachable. */
const MISSING: readonly ErrorCode[] = ['port-none', 'port-not-found', 'port-unreachable'];
/** A port that has just come may be busy or not yet permitted while the system sets it up. */
const SETTLING_TRIES = 6;

/**
 * @param open rejects with `port-none`, `port-not-found` or `port-unreachable` while the board is not there
 * @param onWait called once, when it has to wait
 * @throws what `open` rejects with otherwise; the signal's reason
 */
export async function waitForPort<T>(
  open: () => Promise<T>,
  { signal, onWait, retryMs = RETRY_MS }: { signal: AbortSignal; onWait: () => void; retryMs?: number },
): Promise<T> {
  let hasWaited = false;
  let settlingTries = 0;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
      const isMissing = MISSING.includes(error.code);
      const isSettling = error.code === 'port-busy' || error.code === 'port-denied';
      if (!isMissing && !(isSettling && hasWaited && settlingTries++ < SETTLING_TRIES)) throw error;
      if (!hasWaited) onWait();
      hasWaited = true;
    }
    await delay(retryMs, signal);
  }
}
