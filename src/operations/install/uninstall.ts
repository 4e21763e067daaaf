// uninstall: takes from a board what install has put there, all or nothing.

import { readBoardFile } from '../../micropython/board-files.js';
import { BoardSession } from '../../micropython/board-session.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { Port } from '../../port/port.js';
import type { BoardFacts } from '../../portal/board-facts.js';
import { MAIN_FILE } from '../../portal/bundle.js';
import { type CommitPlan, commitProgram } from '../../portal/commit-program.js';
import { FIELD_VALUES_FILES } from '../../portal/fields.js';
import { MANIFEST_FILE } from '../../portal/manifest.js';
import { mainFolder, PORTAL_LINES } from '../../portal/plan.js';
import { CREDENTIALS_FILES } from '../../portal/wifi-creds.js';
import type { OperationOptions } from '../../progress.js';
import { forgetInSdk } from '../credentials/forget-network.js';
import {
  applyPlan,
  checkRoom,
  recoverInterruptedInstall,
  resetAfterFailure,
  workUndisturbed,
} from './apply-plan.js';
import { type ProbeResult, probeBoard, startsPortal } from './probe-board.js';

export interface UninstallOptions extends OperationOptions {
  /** Forget the stored networks and the values of fields as well. */
  purge?: boolean | undefined;
  /** Find out what would be removed, and remove nothing. */
  dryRun?: boolean | undefined;
}

export interface UninstallResult {
  readonly removed: readonly string[];
  /** Files of esp-portal that were changed on the board; they are kept. */
  readonly changed: readonly string[];
  /** What happened to main.py. */
  readonly main: 'none' | 'removed' | 'kept' | 'lines-removed' | 'still-starts-portal';
}

/**
 * Removes what the manifest lists and restarts the board.
 * @throws PortalError `repl-…`, `transfer-failed`, `board-…`, `port-lost`; the signal's reason
 */
export async function uninstall(port: Port, options: UninstallOptions = {}): Promise<UninstallResult> {
  const { signal, onProgress = () => {} } = options;
  onProgress({ event: 'step', step: 'enter-repl' });
  const session = new BoardSession(port, { signal, leaves: 'Nothing on the board was changed.' });
  try {
    const probe = await probeBoard(await session.enter());
    return await workUndisturbed(session, probe, onProgress, (again) => removeAll(session, again, options));
  } catch (error) {
    // What was there runs on.
    throw session.withState(session.isEntered ? await resetAfterFailure(session.repl, error) : error);
  }
}

async function removeAll(
  session: BoardSession,
  probe: ProbeResult,
  { signal, onProgress = () => {}, purge = false, dryRun = false }: UninstallOptions,
): Promise<UninstallResult> {
  const facts = await recoverInterruptedInstall(session, probe, []);
  const { repl } = session;
  const main = await planMain(repl, facts);
  const removed = removedFiles(facts, purge);
  const result = {
    removed: [...removed, ...(main.state === 'removed' ? [MAIN_FILE] : [])],
    changed: facts.installed.filter(({ state }) => state === 'changed').map(({ path }) => path),
    main: main.state,
  };
  const isNothing = dryRun || (result.removed.length === 0 && !main.bytes);
  onProgress({ event: 'step', step: isNothing && (dryRun || !purge) ? 'restart' : 'remove' });
  if (purge && !dryRun) {
    session.leaves = 'No file was removed; the network may be deleted from the SDK.';
    await forgetInSdk(repl);
  }
  if (isNothing) await repl.restartBoard();
  else await remove(session, facts, removed, main, signal);
  return result;
}

/** What a phone has entered. */
const PURGED_FILES = [...CREDENTIALS_FILES, ...FIELD_VALUES_FILES];

function removedFiles({ installed, manifestHash, otherNames }: BoardFacts, purge: boolean): string[] {
  return [
    ...installed.filter(({ path, state }) => state === 'same' && path !== MAIN_FILE).map(({ path }) => path),
    ...(purge ? otherNames.filter((name) => PURGED_FILES.includes(name)) : []),
    ...(manifestHash === '' ? [] : [MANIFEST_FILE]),
  ];
}

interface MainPlan {
  readonly state: UninstallResult['main'];
  /** Its content without the portal's lines. */
  readonly bytes?: Uint8Array;
}

async function planMain(repl: RawRepl, facts: BoardFacts): Promise<MainPlan> {
  const ours = facts.installed.find(({ path }) => path === MAIN_FILE);
  if (ours?.state === 'same') return { state: 'removed' };
  const exists = facts.otherNames.includes(MAIN_FILE) && !facts.folders.includes(MAIN_FILE);
  if (ours?.state !== 'changed' && !exists) return { state: 'none' };
  if (!facts.mainStartsPortal) return { state: 'kept' };
  // Latin-1 keeps every byte in any encoding.
  const main = Buffer.from((await readBoardFile(repl, MAIN_FILE)) ?? []).toString('latin1');
  const without = main.replace(`\n${PORTAL_LINES}`, '');
  if (startsPortal(without)) return { state: 'still-starts-portal' };
  return { state: 'lines-removed', bytes: Buffer.from(without, 'latin1') };
}

async function remove(
  session: BoardSession,
  facts: BoardFacts,
  removed: readonly string[],
  main: MainPlan,
  signal: AbortSignal | undefined,
): Promise<void> {
  const commit: CommitPlan = {
    paths: main.bytes ? [MAIN_FILE] : [],
    kept: mainFolder(facts),
    removed,
    main: main.bytes ? 0 : main.state === 'removed' || main.state === 'none' ? 'remove' : 'keep',
  };
  const files = [
    ...(main.bytes ? [{ path: MAIN_FILE, bytes: main.bytes }] : []),
    { path: 'commit program', bytes: Buffer.from(commitProgram(commit)) },
  ];
  await checkRoom(session.repl, facts, files);
  await applyPlan(session.repl, facts, files, commit, {
    signal,
    onBytes: () => {},
    onCommit: () => {
      session.leaves = 'Either all files are removed, or none is.';
    },
  });
}
