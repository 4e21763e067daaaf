// What is known of a board between two edits, so that only what changed travels: no file is hashed again there.

import builtIns from '../../board-scripts/common/built_ins.py';
import hashes from '../../board-scripts/common/hashes.py';
import stillKnown from '../../board-scripts/dev/still_known.py';
import { assemble, forTheWire } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { BoardSession } from '../../micropython/board-session.js';
import type { BoardFacts } from '../../portal/board-facts.js';
import { type BundleFile, bundleFormFor, readPortalBundle } from '../../portal/bundle.js';
import { COMMIT_DONE, commitStepWithoutRestart, foldersOf } from '../../portal/commit-program.js';
import { parseManifest, shortHash } from '../../portal/manifest.js';
import { type InstallPlan, planInstall, stagedFiles } from '../../portal/plan.js';
import { COMMIT_IDLE_MS, checkRoom } from '../install/apply-plan.js';
import { configure } from '../install/configure.js';
import { portalFor } from '../install/portal-files.js';
import { probeBoard, readBoardFacts } from '../install/probe-board.js';
import { NEEDED_HEAP_BYTES, stage } from '../install/staging.js';

/** A board after an installation, as planInstall sees it. */
export interface KnownBoard {
  readonly facts: BoardFacts;
  /** The portal's files that it has. */
  readonly portal: readonly BundleFile[];
}

/**
 * Reads all that a plan needs from a board on which the program was just installed.
 * @throws as RawRepl.exec
 */
export async function learnBoard(session: BoardSession, app: readonly BundleFile[]): Promise<KnownBoard> {
  const { repl } = session;
  const probe = await probeBoard(repl);
  const facts = await readBoardFacts(repl, probe, [], foldersOf(app.map(({ path }) => path)));
  const form = bundleFormFor(facts.mpy);
  const { settings } = await configure(repl, {});
  return { facts, portal: await portalFor((await readPortalBundle())[form], form, settings) };
}

/** What was sent, and the board as it is afterwards. */
export interface Delta {
  readonly known: KnownBoard;
  readonly plan: InstallPlan;
  /** After compression. */
  readonly sentBytes: number;
}

/**
 * Sends what differs, in one transaction, and leaves the board in its raw REPL, at the state before its restart.
 * @returns `undefined` for a board that is not as it was left: everything has to be read again
 * @throws PortalError `transfer-failed`, `board-…`; as RawRepl.exec
 */
export async function sendDelta(
  session: BoardSession,
  known: KnownBoard,
  app: readonly BundleFile[],
  signal: AbortSignal | undefined,
): Promise<Delta | undefined> {
  const room = (await readRoom(session, known)) ?? undefined;
  if (room === undefined) return undefined;
  const facts = { ...known.facts, ...room, hasReceiver: false };
  const plan = planInstall({ portal: known.portal, config: undefined, app, mainMode: 'keep' }, facts);
  if (plan.isNothing) return { known, plan, sentBytes: 0 };
  const files = stagedFiles(plan);
  await checkRoom(session.repl, facts, files, app, 'The upload');
  const contents = files.map(({ bytes }) => bytes);
  const { sentBytes } = await stage(session.repl, facts, contents, { signal, onBytes: () => {} });
  session.leaves = 'The board runs the old version or the new one, never a mixture.';
  const commit = commitStepWithoutRestart(plan.commit, files.length - 1);
  const output = await session.repl.exec(commit, { idleMs: COMMIT_IDLE_MS });
  if (!output.includes(COMMIT_DONE))
    throw new PortalError('transfer-failed', 'The board did not report that the files are in place.');
  session.leaves = 'The new files are in place.';
  return { known: { ...known, facts: factsAfter(facts, plan) }, plan, sentBytes };
}

/** Memory is freed by a soft reset where the program has taken it. */
async function readRoom(
  session: BoardSession,
  { facts }: KnownBoard,
): Promise<Pick<BoardFacts, 'freeHeapBytes' | 'freeSpaceBytes'> | undefined> {
  const program = forTheWire([assemble([builtIns, hashes, stillKnown])], facts);
  for (const isLast of [false, true]) {
    const answer = (await session.repl.exec(program)).trim().split(' ');
    const [manifestHash, isStaged, freeHeapBytes = 0, freeSpaceBytes = 0] = [
      ...answer.slice(0, 2),
      ...answer.slice(2).map(Number),
    ] as [string?, string?, number?, number?];
    if (manifestHash !== facts.manifestHash || isStaged !== '0') return undefined;
    if (freeHeapBytes >= 2 * NEEDED_HEAP_BYTES || isLast) return { freeHeapBytes, freeSpaceBytes };
    await session.repl.softReset();
  }
  return undefined;
}

function factsAfter(facts: BoardFacts, { manifest, sent, removed, kept }: InstallPlan): BoardFacts {
  const paths = sent.map(({ path }) => path);
  const gone = new Set([...removed, ...kept.keys()]);
  const folders = foldersOf(paths);
  const names = [...facts.otherNames, ...paths, ...folders, ...kept.values()];
  return {
    ...facts,
    installed: parseManifest(manifest).map((entry) => ({ ...entry, state: 'same' as const })),
    manifestHash: shortHash(Buffer.from(manifest)),
    otherNames: [...new Set(names)].filter((name) => !gone.has(name)),
    folders: [...new Set([...facts.folders, ...folders])],
  };
}
