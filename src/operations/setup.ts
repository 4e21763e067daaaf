// setup: flash, install and monitor in one go over one opened port.

import { withBoardState } from '../errors.js';
import type { Port } from '../port/port.js';
import { type FlashOptions, type FlashResult, flash } from './flash/flash.js';
import { type InstallOptions, type InstallResult, install } from './install/install.js';
import { BoardLog } from './log/board-log.js';

export interface SetupResult {
  readonly flash: FlashResult;
  readonly install: InstallResult;
  /** The log, to continue reading after the portal's report. */
  readonly log: BoardLog;
}

/**
 * Flashes and installs, until the portal is ready.
 * @throws PortalError as flash and install
 */
export async function setup(
  port: Port,
  options: Omit<FlashOptions & InstallOptions, 'log' | 'dryRun' | 'restart'>,
): Promise<SetupResult> {
  const flashed = await flash(port, options);
  const log = new BoardLog(port);
  try {
    return { flash: flashed, install: await install(port, { ...options, log }), log };
  } catch (error) {
    throw withBoardState(error, 'The firmware is complete and verified.');
  }
}
