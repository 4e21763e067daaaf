// setup: flash, install and monitor in one go over one opened port. Where MicroPython has no files yet, they are written
// to the flash with the firmware, and there is nothing left to install.

import { withBoardState } from '../errors.js';
import type { Port } from '../port/port.js';
import { readPortalBundle } from '../portal/bundle.js';
import { checkConfig } from '../portal/settings.js';
import { type Flashed, type FlashOptions, type FlashResult, flashWithFiles } from './flash/flash.js';
import { type FreshInstallation, freshFilesystem, freshInstallation } from './install/fresh-installation.js';
import { type InstallOptions, type InstallResult, install } from './install/install.js';
import { startPortal } from './install/start-portal.js';
import { BoardLog } from './log/board-log.js';

export interface SetupOptions extends Omit<FlashOptions & InstallOptions, 'log' | 'dryRun' | 'restart'> {
  /** `false`: always upload the files to the running board. */
  filesInFlash?: boolean | undefined;
}

export interface SetupResult {
  readonly flash: FlashResult;
  readonly install: InstallResult;
  /** The files were written to the flash with the firmware. */
  readonly filesInFlash: boolean;
  /** The log, to continue reading after the portal's report. */
  readonly log: BoardLog;
}

/**
 * Flashes and installs, until the portal is ready.
 * @throws PortalError as flash and install
 */
export async function setup(port: Port, options: SetupOptions): Promise<SetupResult> {
  checkConfig(options.config ?? {});
  const { filesInFlash = true } = options;
  const log = new BoardLog(port);
  const portal = options.portal ?? (await readPortalBundle());
  let fresh: FreshInstallation | undefined;
  const flashed = await flashWithFiles(port, {
    ...options,
    log,
    filesystemFor: (image, flashSizeBytes) => {
      fresh = filesInFlash ? freshInstallation(image, { ...options, portal }) : undefined;
      return fresh && freshFilesystem(image, flashSizeBytes, fresh);
    },
  });
  const written = flashed.filesSentBytes === undefined ? undefined : fresh;
  try {
    const installed = written
      ? await startWritten(port, log, flashed, written, options)
      : await install(port, { ...options, log });
    return { flash: flashed.result, install: installed, filesInFlash: written !== undefined, log };
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
  { files, form, settings }: FreshInstallation,
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
  };
}
