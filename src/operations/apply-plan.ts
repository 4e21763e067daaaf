// What install and uninstall share: a board that no earlier run has left half-way, and the step from staged to done.

import type { BundleFile } from '../bundle/portal-bundle.js';
import { type BoardFacts, defineHelpers, readBoardFacts } from '../device/board-facts.js';
import { COMMITTED_LINE, type CommitPlan, commitStep, FINISH_COMMIT } from '../device/commit-program.js';
import type { RawRepl } from '../device/raw-repl.js';
import { DISCARD, NEEDED_HEAP_BYTES, stage, type Transfer } from '../device/staging.js';
import { PortalError } from '../errors.js';

/** Moving files takes a few metadata blocks; without this reserve a commit could stop half-way for want of space. */
const RESERVE_BLOCKS = 4;

const COMMIT_TIMEOUT_MS = 30_000;

/**
 * Reads a board's facts, once its helpers are defined, and completes or clears away first what an earlier run left.
 * @param enterAgain enters the REPL of the board once it has restarted
 * @returns the session to go on with, which may be another one
 */
export async function enterSettled(
  repl: RawRepl,
  enterAgain: () => Promise<RawRepl>,
  known: readonly string[],
): Promise<{ repl: RawRepl; facts: BoardFacts }> {
  let facts = await readBoardFacts(repl, known);
  let current = repl;
  if (facts.isCommitting) {
    await current.execLast(FINISH_COMMIT, COMMITTED_LINE, { timeoutMs: COMMIT_TIMEOUT_MS });
    current = await enterAgain();
    await defineHelpers(current);
    facts = await readBoardFacts(current, known);
  }
  if (facts.hasStaged) {
    await current.exec(DISCARD);
    facts = await readBoardFacts(current, known);
  }
  return { repl: current, facts };
}

/**
 * @throws PortalError `board-no-space` with what is needed, free, and could go; `board-no-memory`
 */
export async function checkRoom(
  repl: RawRepl,
  facts: BoardFacts,
  files: readonly BundleFile[],
): Promise<void> {
  const { blockBytes, freeSpaceBytes, freeHeapBytes } = facts;
  const blocks = files.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / blockBytes), RESERVE_BLOCKS);
  const neededBytes = blocks * blockBytes;
  if (neededBytes > freeSpaceBytes) {
    const files = await largestFiles(repl);
    throw new PortalError(
      'board-no-space',
      `This needs ${kilobytes(neededBytes)} KB, old and new files side by side; the board has ${kilobytes(freeSpaceBytes)} KB free.` +
        (files === '' ? '' : ` Its largest files: ${files}.`),
    );
  }
  if (freeHeapBytes < NEEDED_HEAP_BYTES) {
    throw new PortalError(
      'board-no-memory',
      `The board has ${freeHeapBytes} bytes of memory free, and needs ${NEEDED_HEAP_BYTES} to take files.`,
    );
  }
}

async function largestFiles(repl: RawRepl): Promise<string> {
  const output = await repl.exec(
    "import os,json\nprint(json.dumps([(e[0],e[3]) for e in os.ilistdir('/') if e[1]==0x8000 and len(e)>3]))",
  );
  return (JSON.parse(output) as [name: string, sizeBytes: number][])
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([name, sizeBytes]) => `${name} (${kilobytes(sizeBytes)} KB)`)
    .join(', ');
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

/**
 * Stages the files, the last of which is the commit program, and commits them. Ends the session: the board restarts.
 * A board that fails before the commit runs on as it was.
 * @throws PortalError as stage; the signal's reason
 */
export async function applyPlan(
  repl: RawRepl,
  facts: BoardFacts,
  files: readonly BundleFile[],
  commit: CommitPlan,
  options: {
    signal: AbortSignal | undefined;
    onBytes: (doneBytes: number, totalBytes: number) => void;
    /** Told just before the one step after which the board completes by itself what was begun. */
    onCommit: () => void;
  },
): Promise<Transfer> {
  try {
    const contents = files.map(({ bytes }) => bytes);
    const transfer = await stage(repl, facts, contents, options);
    options.onCommit();
    await repl.execLast(commitStep(commit, files.length - 1), COMMITTED_LINE, {
      timeoutMs: COMMIT_TIMEOUT_MS,
    });
    return transfer;
  } catch (error) {
    await repl.abandon(DISCARD);
    throw error;
  }
}
