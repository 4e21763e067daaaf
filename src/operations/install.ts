// install: puts the portal's files on the board, all or nothing, and waits until the portal says that it is ready.

import { MAIN_FILE, type PortalFile, portalFiles } from '../bundle/portal-files.js';
import { BoardFiles, STAGED_SUFFIX } from '../device/board-files.js';
import { RawRepl } from '../device/raw-repl.js';
import { PortalError } from '../errors.js';
import { BoardLog } from '../log/board-log.js';
import type { LogEntry } from '../log/events.js';
import type { OnProgress } from '../progress.js';
import type { Port } from '../serial/port.js';
import { type PortalStart, startPortal } from './start-portal.js';

/** Where a main.py that is not ours is kept. */
const KEPT_MAIN_FILE = 'main.py.old';

export interface InstallOptions {
  /** How long the portal may take to report, in milliseconds. */
  readyTimeoutMs?: number | undefined;
  /** The log of this port, when somebody goes on reading it afterwards. */
  log?: BoardLog | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
  /** Told what the board prints while the portal starts. */
  onLog?: ((entry: LogEntry) => void) | undefined;
}

export interface InstallResult extends PortalStart {
  readonly files: number;
  readonly bytes: number;
  /** Set when a main.py of somebody else was there: the name under which it was kept. */
  readonly keptMain: string | undefined;
}

/**
 * Uploads the portal and starts it.
 * @throws PortalError `repl-silent`, `transfer-failed`, `board-…`, `portal-silent`, `port-lost`; the signal's reason
 */
export async function install(port: Port, options: InstallOptions = {}): Promise<InstallResult> {
  const { signal, onProgress = () => {} } = options;
  const files = await portalFiles();

  onProgress({ event: 'step', step: 'enter-repl' });
  let keptMain: string | undefined;
  {
    await using repl = await RawRepl.enter(port, signal);
    try {
      keptMain = await upload(repl, files, onProgress);
    } catch (error) {
      await repl.abandon(BoardFiles.discarding(files.map((file) => file.path)));
      throw error;
    }
    onProgress({ event: 'step', step: 'start-portal' });
    await repl.restartBoard();
  }
  const log = options.log ?? new BoardLog(port);
  const started = await startPortal(log, port.name, {
    timeoutMs: options.readyTimeoutMs,
    signal,
    onLog: options.onLog,
  });
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  return { ...started, files: files.length, bytes, keptMain };
}

/** Stages and verifies every file before the first one is put into its place. */
async function upload(
  repl: RawRepl,
  files: readonly PortalFile[],
  onProgress: OnProgress,
): Promise<string | undefined> {
  const board = await BoardFiles.open(repl);
  const present = await board.list();
  const paths = files.map((file) => file.path);
  const totalBytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  let doneBytes = 0;
  onProgress({ event: 'step', step: 'upload' });
  try {
    // What an interrupted run left takes space that this one may need.
    await board.remove(
      present.filter((name) => name.endsWith(STAGED_SUFFIX) && paths.includes(withoutSuffix(name))),
    );
    for (const file of files) {
      await board.stage(file, (fileBytes) => {
        onProgress({ event: 'bytes', step: 'upload', doneBytes: doneBytes + fileBytes, totalBytes });
      });
      doneBytes += file.bytes.length;
      onProgress({ event: 'file', path: file.path, sizeBytes: file.bytes.length });
    }
  } catch (error) {
    if (isFromBoard(error)) await board.discard(paths).catch(() => {}); // the first error is the one that matters
    throw error;
  }
  const foreignMain = present.includes(MAIN_FILE) && !isOurs(await board.read(MAIN_FILE));
  const kept = foreignMain ? freeName(present) : undefined;
  if (kept) await board.rename(MAIN_FILE, kept);
  await board.commit(paths);
  return kept;
}

/** A name that takes nobody's place: an earlier main.py may have been kept before. */
function freeName(present: readonly string[]): string {
  let name = KEPT_MAIN_FILE;
  for (let number = 2; present.includes(name); number++) name = `${KEPT_MAIN_FILE}${number}`;
  return name;
}

function withoutSuffix(name: string): string {
  return name.slice(0, -STAGED_SUFFIX.length);
}

/** A main.py that starts the portal is an earlier one of ours, or was made to work with it. */
function isOurs(main: Uint8Array | undefined): boolean {
  return Buffer.from(main ?? []).includes('CaptivePortal');
}

/** Whether the board still listens, so that it can be tidied up. */
function isFromBoard(error: unknown): boolean {
  return (
    error instanceof PortalError && (error.code.startsWith('board-') || error.code === 'transfer-failed')
  );
}
