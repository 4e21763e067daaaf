// What install and uninstall share: a board that no earlier run has left half-way, and the step from staged to done.

import fileSizes from '../../board-scripts/facts/file_sizes.py';
import freeMemory from '../../board-scripts/facts/free_memory.py';
import freeSpace from '../../board-scripts/facts/free_space.py';
import { assemble } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import { isListOf, isNumber, isText, parseAnswer } from '../../micropython/board-answer.js';
import type { BoardSession } from '../../micropython/board-session.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { BoardFacts } from '../../portal/board-facts.js';
import type { BundleFile } from '../../portal/bundle.js';
import { COMMIT_DONE, type CommitPlan, commitStep, FINISH_COMMIT } from '../../portal/commit-program.js';
import type { OnProgress } from '../../progress.js';
import { type ProbeResult, probeBoard, readBoardFacts } from './probe-board.js';
import { DISCARD, NEEDED_HEAP_BYTES, stage, type Transfer } from './staging.js';

/** Errors that may not occur again: a watchdog or a weak supply restarted the board, or something printed into the exchange. */
const RETRYABLE_CODES: readonly string[] = ['repl-stalled', 'transfer-failed'];
/** They say less than the first error: the board has answered before. */
const LESS_SPECIFIC_CODES: readonly string[] = [
  ...[...RETRYABLE_CODES, 'board-error'],
  ...['repl-silent', 'repl-off', 'repl-not-micropython'],
];

/**
 * Does work on a board on which nothing else runs. If the board restarts or its answers are invalid, it is restarted and
 * entered before main.py runs, and the work is done once more.
 * @param probe of this session
 * @throws the error of the second attempt, or of the first if it is more specific
 */
export async function workUndisturbed<T>(
  session: BoardSession,
  probe: ProbeResult,
  onProgress: OnProgress,
  work: (probe: ProbeResult) => Promise<T>,
): Promise<T> {
  try {
    const wasRestarted = await session.stopProgram();
    return await work(wasRestarted ? { ...probe, hasHashes: false } : probe);
  } catch (error) {
    if (!(error instanceof PortalError && RETRYABLE_CODES.includes(error.code))) throw error;
    onProgress({ event: 'step', step: 'enter-repl' });
    try {
      return await work(await probeBoard(await session.enterThroughReset()));
    } catch (second) {
      // If this program fails on the board, it was corrupted in transfer.
      const isLessSpecific = second instanceof PortalError && LESS_SPECIFIC_CODES.includes(second.code);
      throw isLessSpecific ? error : second;
    }
  }
}

/** Moving files needs a few metadata blocks; without this reserve a commit could run out of space half-way. */
const RESERVE_BLOCKS = 4;

/** Without a byte: a slow or worn flash may take long for one step. */
export const COMMIT_IDLE_MS = 60_000;

/**
 * Reads a board's facts, and completes or clears away first what an earlier run left.
 * @param probe, known, folders, sendsFiles as readBoardFacts
 */
export async function recoverInterruptedInstall(
  session: BoardSession,
  probe: ProbeResult,
  known: readonly string[],
  folders: readonly string[] = [],
  sendsFiles = false,
): Promise<BoardFacts> {
  let current = probe;
  let facts = await readBoardFacts(session.repl, current, known, folders, sendsFiles);
  if (facts.isCommitting) {
    session.leaves = 'The board completes an earlier installation; no other file was changed.';
    await session.repl.execUntilReset(FINISH_COMMIT, COMMIT_DONE, { idleMs: COMMIT_IDLE_MS });
    const repl = await session.enter();
    current = await probeBoard(repl);
    facts = await readBoardFacts(repl, current, known, folders, sendsFiles);
  }
  if (facts.hasStaged) {
    await session.repl.exec(DISCARD);
    const { hasReceiver } = facts;
    const again = await readBoardFacts(session.repl, { ...current, hasHashes: true }, known, folders);
    facts = { ...again, hasReceiver };
  }
  return facts;
}

/**
 * @param app the user's program, as much of it as may be among the files: what can be left out
 * @param what needs it, for the message
 * @throws PortalError `board-no-space` with what is needed, free, and could go; `board-no-memory`
 */
export async function checkRoom(
  repl: RawRepl,
  facts: BoardFacts,
  files: readonly BundleFile[],
  app: readonly BundleFile[] = [],
  what: 'The installation' | 'The upload' = 'The installation',
): Promise<void> {
  const { freeSpaceBytes, freeHeapBytes } = facts;
  const neededBytes = neededSpace(facts, files);
  if (neededBytes > freeSpaceBytes) {
    const sent = new Set(files.map(({ path }) => path));
    const program = largest(
      app.filter(({ path }) => sent.has(path)).map(({ path, bytes }) => [path, bytes.length]),
    );
    const there = largest(await sizesOnBoard(repl));
    const own = new Set(app.map(({ path }) => path));
    const portalBytes = neededSpace(
      facts,
      files.filter(({ path }) => !own.has(path)),
    );
    throw new PortalError(
      'board-no-space',
      `${what} needs ${kilobytes(neededBytes)} KB, because old and new files are on the board together; ${kilobytes(freeSpaceBytes)} KB are free.` +
        (what === 'The installation' && portalBytes > freeSpaceBytes
          ? ` The portal alone needs ${kilobytes(portalBytes)} KB.`
          : '') +
        (program === '' ? '' : ` The largest files of your program: ${program}.`) +
        (there === '' ? '' : ` The largest files on the board: ${there}.`),
      program === ''
        ? {}
        : {
            next: 'List files that the board does not need in .portalignore in the folder of --app, or remove files from the board.',
          },
    );
  }
  if (freeHeapBytes < NEEDED_HEAP_BYTES) {
    throw new PortalError(
      'board-no-memory',
      `The board has ${freeHeapBytes} bytes of memory free and needs ${NEEDED_HEAP_BYTES} to receive files.`,
    );
  }
}

/** In bytes, with the reserve: files take whole blocks. */
function neededSpace({ blockBytes }: BoardFacts, files: readonly BundleFile[]): number {
  const blocks = files.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / blockBytes), RESERVE_BLOCKS);
  return blocks * blockBytes;
}

type FileSize = [name: string, sizeBytes: number];

async function sizesOnBoard(repl: RawRepl): Promise<FileSize[]> {
  return parseAnswer(await repl.exec(assemble([fileSizes])), isListOf(isFileSize));
}

function isFileSize(value: unknown): value is FileSize {
  return Array.isArray(value) && value.length === 2 && isText(value[0]) && isNumber(value[1]);
}

function largest(files: readonly FileSize[]): string {
  return [...files]
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
    /** See stage. */
    uploadBaudRate?: number | undefined;
    onBytes: (doneBytes: number, totalBytes: number) => void;
    /** Called just before the commit, after which the board completes the installation itself. */
    onCommit: () => void;
  },
): Promise<Transfer> {
  try {
    const contents = files.map(({ bytes }) => bytes);
    const transfer = await stage(repl, facts, contents, options);
    options.onCommit();
    await repl.execUntilReset(commitStep(commit, files.length - 1), COMMIT_DONE, {
      idleMs: COMMIT_IDLE_MS,
    });
    return transfer;
  } catch (error) {
    throw await resetAfterFailure(repl, error, { cleanUp: DISCARD, neededBytes: neededSpace(facts, files) });
  }
}

/**
 * Restarts a board after a failure half-way. After a lack of memory or space it first reads how much the board
 * has.
 * @param options code to run before the restart; what the filesystem needed to have free
 * @returns the error to throw
 */
export async function resetAfterFailure(
  repl: RawRepl,
  error: unknown,
  options: { cleanUp?: string; neededBytes?: number } = {},
): Promise<unknown> {
  if (repl.isOver) return error;
  const detailed =
    error instanceof PortalError ? await withShortage(repl, error, options.neededBytes) : error;
  await repl.abortAndReset(options.cleanUp);
  return detailed;
}

async function withShortage(
  repl: RawRepl,
  error: PortalError,
  neededBytes: number | undefined,
): Promise<PortalError> {
  // Only errors of the board; those of checkRoom are complete.
  if (error.boardOutput === undefined) return error;
  try {
    if (error.code === 'board-no-memory') {
      const freeBytes = (await repl.exec(assemble([freeMemory]))).trim();
      return error.with({
        adds: `${freeBytes} bytes of memory are free, perhaps fragmented; ${NEEDED_HEAP_BYTES} are needed to receive files.`,
      });
    }
    if (error.code === 'board-no-space') {
      const answer = await repl.exec(assemble([freeSpace]));
      const needed = neededBytes === undefined ? '' : `, and this needs ${kilobytes(neededBytes)} KB`;
      const there = largest(await sizesOnBoard(repl));
      return error.with({
        adds: `${kilobytes(Number(answer))} KB are free${needed}.${there === '' ? '' : ` Its largest files: ${there}.`}`,
      });
    }
  } catch {
    // The board does not answer: keep the first error.
  }
  return error;
}
