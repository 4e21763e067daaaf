// setup: flash, install and monitor in one go over one opened port.

import { withBoardState } from '../errors.js';
import type { Port } from '../port/port.js';
import { type FlashOptions, type FlashResult, flash } from './flash/flash.js';
import { type InstallOptions, type InstallResult, install } from './install/install.js';
import { startPortal } from './install/start-portal.js';
import { BoardLog } from './log/board-log.js';
import { type NetworkChoice, setNetwork } from './wifi/set-network.js';

export interface SetupResult {
  readonly flash: FlashResult;
  readonly install: InstallResult;
  /** The network that was given, as the board knows it. */
  readonly wifi?: { readonly ssid: string } | undefined;
  /** The log, to continue reading after the portal's report. */
  readonly log: BoardLog;
}

export interface SetupOptions extends Omit<FlashOptions & InstallOptions, 'log' | 'dryRun' | 'restart'> {
  /** Joins this network and stores it, so that nobody has to sign in. */
  readonly wifi?: NetworkChoice | undefined;
}

/**
 * Flashes and installs, until the portal is ready, or the board is in the network that was given.
 * @throws PortalError as flash, install and setNetwork
 */
export async function setup(port: Port, options: SetupOptions): Promise<SetupResult> {
  const flashed = await flash(port, options);
  const log = new BoardLog(port);
  try {
    if (!options.wifi) return { flash: flashed, install: await install(port, { ...options, log }), log };
    const installed = await install(port, { ...options, log, restart: false });
    const { ssid } = await setNetwork(port, options.wifi, options).catch((error: unknown) => {
      throw withBoardState(error, 'The portal is installed.');
    });
    options.onProgress?.({ event: 'step', step: 'start-portal' });
    return {
      flash: flashed,
      install: await startInstalled(port, installed, log, options),
      wifi: { ssid },
      log,
    };
  } catch (error) {
    throw withBoardState(error, 'The firmware is complete and verified.');
  }
}

/** Waits for what install would have waited for. */
async function startInstalled(
  port: Port,
  installed: InstallResult,
  log: BoardLog,
  { readyTimeoutMs: timeoutMs, signal, onLog }: SetupOptions,
): Promise<InstallResult> {
  if (installed.state !== 'at-prompt') return installed;
  const { mainLines, ...done } = installed;
  if (mainLines) return { ...done, state: 'without-portal', mainLines };
  return { ...done, ...(await startPortal(log, port.name, { timeoutMs, signal, onLog })) };
}
