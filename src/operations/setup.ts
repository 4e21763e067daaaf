// setup: flash, install and monitor in one go over one opened port. Where MicroPython has no files yet, they are written
// to the flash with the firmware, and there is nothing left to install.

import { withBoardState } from '../errors.js';
import type { Port } from '../port/port.js';
import { checkConfig } from '../portal/config.js';
import type { ChipEvent } from '../progress.js';
import { type Flashed, type FlashOptions, type FlashResult, flashWithFiles } from './flash/flash.js';
import { type FreshInstallation, freshFilesystem, freshInstallation } from './install/fresh-installation.js';
import { type InstallOptions, install } from './install/install.js';
import type { InstallResult } from './install/install-result.js';
import { startPortal } from './install/start-portal.js';
import { BoardLog } from './log/board-log.js';
import { type NetworkChoice, setNetwork } from './wifi/set-network.js';

export interface SetupOptions extends Omit<FlashOptions & InstallOptions, 'log' | 'dryRun' | 'restart'> {
  /** Joins this network and stores it: no sign-in on a phone is needed. */
  readonly wifi?: NetworkChoice | undefined;
  /** `false`: always upload the files to the running board, as with `wifi`, which it is asked to join. */
  readonly filesInFlash?: boolean | undefined;
  /** What to put onto the board with this chip, instead of `config` and `app`. Called before a byte of its flash is changed. */
  readonly forChip?:
    | ((chip: ChipEvent) => Promise<Pick<InstallOptions, 'config' | 'app' | 'appFor'>>)
    | undefined;
}

export interface SetupResult {
  readonly flash: FlashResult;
  readonly install: InstallResult;
  /** The files were written to the flash with the firmware. */
  readonly filesInFlash: boolean;
  /** The network that was given, as the board knows it. */
  readonly wifi?: { readonly ssid: string } | undefined;
  /** The log, to continue reading after the portal's report. */
  readonly log: BoardLog;
}

/**
 * Flashes and installs, until the portal is ready, or the board is in the network that was given.
 * @throws PortalError as flash, install and setNetwork
 */
export async function setup(port: Port, given: SetupOptions): Promise<SetupResult> {
  checkConfig(given.config ?? {});
  const { filesInFlash = true, wifi, forChip } = given;
  const log = new BoardLog(port);
  let fresh: FreshInstallation | undefined;
  let options = given;
  const flashed = await flashWithFiles(port, {
    ...options,
    log,
    onChip:
      forChip &&
      (async (chip) => {
        options = { ...given, ...(await forChip(chip)) };
      }),
    filesystemFor: async (image, flashSizeBytes) => {
      fresh = filesInFlash && !wifi ? await freshInstallation(image, options) : undefined;
      return fresh && freshFilesystem(image, flashSizeBytes, fresh);
    },
  });
  const written = flashed.filesSentBytes === undefined ? undefined : fresh;
  const common = { flash: flashed.result, filesInFlash: written !== undefined, log };
  try {
    if (written) return { ...common, install: await startWritten(port, log, flashed, written, options) };
    if (!wifi) return { ...common, install: await install(port, { ...options, log }) };
    const installed = await install(port, { ...options, log, restart: false });
    const { ssid = '', mdnsName } = await setNetwork(port, wifi, options).catch((error: unknown) => {
      throw withBoardState(error, 'The portal is installed.');
    });
    options.onProgress?.({ event: 'step', step: 'start-portal' });
    const started = await startInstalled(port, installed, log, options);
    return { ...common, install: { ...started, mdnsName }, wifi: { ssid } };
  } catch (error) {
    throw withBoardState(
      error,
      written
        ? 'The firmware and its files are complete and verified.'
        : 'The firmware is complete and verified.',
    );
  }
}

/** The board has been restarted: its log begins with what proved that the firmware runs. */
async function startWritten(
  port: Port,
  log: BoardLog,
  { result, filesSentBytes = 0, seen }: Flashed,
  { files, form, settings, mdnsName }: FreshInstallation,
  { onProgress = () => {}, onLog, readyTimeoutMs, signal }: SetupOptions,
): Promise<InstallResult> {
  for (const { path, bytes } of files) onProgress({ event: 'file', path, sizeBytes: bytes.length });
  onProgress({ event: 'step', step: 'start-portal' });
  const start = await startPortal(log, port.name, { timeoutMs: readyTimeoutMs, seen, signal, onLog });
  return {
    ...start,
    form,
    version: result.version ?? '',
    filesSent: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
    sentBytes: filesSentBytes,
    sent: files.map(({ path }) => path),
    removed: [],
    kept: {},
    settings,
    mdnsName,
  };
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
