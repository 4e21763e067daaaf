// reset-creds: makes the board forget its networks, and proves it.

import { PortalError } from '../../errors.js';
import type { LogEntry } from '../../log/events.js';
import { listBoardFiles, readBoardFile, removeBoardFiles } from '../../micropython/board-files.js';
import { BoardSession } from '../../micropython/board-session.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { Port } from '../../port/port.js';
import { CREDENTIALS_FILES, storedNetworks } from '../../portal/wifi-creds.js';
import type { OperationOptions } from '../../progress.js';
import { type PortalStart, startPortal } from '../install/start-portal.js';
import { BoardLog } from '../log/board-log.js';
import { ERASE_ALL, forgetInSdk, networkInSdk } from './forget-network.js';

export interface ResetCredentialsOptions extends OperationOptions {
  /** Report the stored network; change nothing. */
  dryRun?: boolean | undefined;
  /** Restart the board and wait for its portal. True by default. */
  restart?: boolean | undefined;
  onLog?: ((entry: LogEntry) => void) | undefined;
}

interface FoundNetwork {
  readonly ssid: string;
  readonly in: string;
}

export interface ResetCredentialsResult {
  /** Names of the networks that were stored, none when nothing was. With `dryRun` they still are. */
  readonly forgotten: readonly string[];
  /** The same with where each name was found: the file's, or `chip` for the SDK's memory. */
  readonly found: readonly FoundNetwork[];
  /** Files among `files` with a line that has no readable network name. */
  readonly damaged: readonly string[];
  /** Files that were removed. */
  readonly files: readonly string[];
  /**
   * `false` when the board was left at its prompt. After a dry run it is restarted, since its program was interrupted,
   * but it is not awaited.
   */
  readonly restarted: boolean;
  /** How the portal started afterwards; `undefined` without a portal or without `restart`. */
  readonly portal: PortalStart | undefined;
}

/**
 * Removes the stored networks from the board's files and from its SDK, and restarts it into its access point.
 * @throws PortalError `repl-silent`, `board-…`, `portal-silent`, `port-lost`; the signal's reason
 */
export async function resetCredentials(
  port: Port,
  options: ResetCredentialsOptions = {},
): Promise<ResetCredentialsResult> {
  const { dryRun = false, restart = true, signal, onProgress = () => {}, onLog } = options;
  onProgress({ event: 'step', step: 'enter-repl' });
  const session = new BoardSession(port, { signal, leaves: 'Nothing on the board was changed.' });
  try {
    const stored = await forgetAndRestart(session, options);
    const { found, damaged, files, hasPortal } = stored;
    const forgotten = [...new Set(found.map(({ ssid }) => ssid))];
    const result = { forgotten, found, damaged, files, restarted: restart };
    if (!hasPortal || dryRun || !restart) return { ...result, portal: undefined };
    return { ...result, portal: await waitForAccessPoint(port, { signal, onLog }) };
  } catch (error) {
    throw session.withState(error);
  }
}

async function forgetAndRestart(
  session: BoardSession,
  { dryRun = false, restart = true, onProgress = () => {} }: ResetCredentialsOptions,
): Promise<Stored> {
  let stored: Stored;
  await using repl = await session.enter();
  try {
    if (!dryRun) onProgress({ event: 'step', step: 'forget' });
    stored = await forget(session, dryRun);
  } catch (error) {
    await repl.abortAndReset();
    throw error;
  }
  if (restart) {
    onProgress({ event: 'step', step: 'restart' });
    await repl.restartBoard();
  }
  return stored;
}

interface Stored {
  readonly found: readonly FoundNetwork[];
  readonly damaged: readonly string[];
  readonly files: readonly string[];
  readonly hasPortal: boolean;
}

async function forget(session: BoardSession, dryRun: boolean): Promise<Stored> {
  const { repl } = session;
  const names = await listFiles(repl);
  const files = names.filter((name) => CREDENTIALS_FILES.includes(name));
  const found: FoundNetwork[] = [];
  const damaged: string[] = [];
  for (const name of files) {
    const file = await readBoardFile(repl, name);
    const { ssids, damagedLines } = storedNetworks(file ?? new Uint8Array());
    if (damagedLines > 0 || ssids.length === 0) damaged.push(name);
    for (const ssid of ssids) found.push({ ssid, in: name });
  }
  let inChip: string;
  if (dryRun) {
    inChip = await networkInSdk(repl);
  } else {
    session.leaves = 'The network may be deleted in part; the same command finishes this.';
    await removeBoardFiles(repl, files);
    inChip = await forgetInSdk(repl);
    await checkRemoved(repl);
    session.leaves = 'The stored network is deleted.';
  }
  if (inChip !== '') found.push({ ssid: inChip, in: 'chip' });
  return {
    found,
    damaged,
    files,
    hasPortal: names.some((name) => /^captive_portal\.m?py$/.test(name)) && names.includes('main.py'),
  };
}

/** A board without a filesystem has no files, but its SDK may store a network. */
async function listFiles(repl: RawRepl): Promise<string[]> {
  try {
    return await listBoardFiles(repl);
  } catch (error) {
    if (error instanceof PortalError && error.code === 'board-no-filesystem') return [];
    throw error;
  }
}

async function checkRemoved(repl: RawRepl): Promise<void> {
  const left = (await listFiles(repl)).filter((name) => CREDENTIALS_FILES.includes(name));
  if (left.length > 0) {
    throw new PortalError('board-error', `${left.join(', ')} is still on the board after it was removed.`, {
      likelyCause: 'The filesystem is damaged, or the flash did not take the change.',
      next: ERASE_ALL,
    });
  }
}

/**
 * The blog series' program prints no line when its portal is ready; its last line is about the DNS server. In this portal
 * another line follows at once.
 */
const READY_AFTER_DNS_MS = 3000;

/** The access point opens only if neither the portal nor the SDK stores a network. */
async function waitForAccessPoint(
  port: Port,
  { signal, onLog }: Pick<ResetCredentialsOptions, 'signal' | 'onLog'>,
): Promise<PortalStart> {
  let accessPoint: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const ready = new AbortController();
  const watch = (entry: LogEntry) => {
    if (entry.event === 'ap.ready') accessPoint = entry.address;
    if (entry.event === 'dns.ready') timer ??= setTimeout(() => ready.abort(), READY_AFTER_DNS_MS);
    onLog?.(entry);
  };
  const either = signal ? AbortSignal.any([signal, ready.signal]) : ready.signal;
  try {
    const portal = await startPortal(new BoardLog(port), port.name, { signal: either, onLog: watch });
    if (portal.state === 'connected') {
      throw new PortalError(
        'board-error',
        `The board joined "${portal.ssid}" again: its program stores the network elsewhere.`,
        {
          likelyCause: 'The program has the network in its source, in a file of another name, or in NVS.',
          next: 'Delete it there, or erase the whole flash, with all files: esp-portal flash --erase --port PORT',
        },
      );
    }
    return portal;
  } catch (error) {
    const isSeriesPortal = ready.signal.aborted && !signal?.aborted && accessPoint !== undefined;
    if (!isSeriesPortal) throw error;
    return { state: 'portal', ssid: '', url: `http://${accessPoint}/` };
  } finally {
    clearTimeout(timer);
  }
}
