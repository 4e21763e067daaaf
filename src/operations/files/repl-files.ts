// The files of a board that runs MicroPython, by its raw REPL. The board restarts at the end, so that its program runs on.

import {
  type BoardEntry,
  listAllFiles,
  readLargeFile,
  removeBoardEntries,
} from '../../micropython/board-files.js';
import { BoardSession } from '../../micropython/board-session.js';
import type { Port } from '../../port/port.js';
import type { BoardFacts } from '../../portal/board-facts.js';
import { MAIN_FILE } from '../../portal/bundle.js';
import { type CommitPlan, commitProgram } from '../../portal/commit-program.js';
import { bytesEvent } from '../../progress.js';
import {
  applyPlan,
  checkRoom,
  recoverInterruptedInstall,
  resetAfterFailure,
  workUndisturbed,
} from '../install/apply-plan.js';
import { type ProbeResult, probeBoard, readBoardFacts } from '../install/probe-board.js';
import {
  type BoardFiles,
  type FilesOptions,
  type ListedEntry,
  markPortalFiles,
  type NewBoardFile,
} from './board-files.js';

/**
 * Interrupts the program on the board, works with its files, and restarts it.
 * @param work may be called a second time, on a board that restarted in between
 * @throws PortalError `repl-…`, `transfer-failed`, `board-…`, `port-lost`; the signal's reason; what `work` throws
 */
export async function withReplFiles<T>(
  port: Port,
  options: FilesOptions,
  work: (files: BoardFiles) => Promise<T>,
): Promise<T> {
  const { signal, onProgress = () => {} } = options;
  onProgress({ event: 'step', step: 'enter-repl' });
  const session = new BoardSession(port, { signal, leaves: 'No file on the board was changed.' });
  try {
    const probe = await probeBoard(await session.enter());
    return await workUndisturbed(session, probe, onProgress, async (again) => {
      const result = await work(new ReplFiles(session, again, options));
      if (!session.repl.isOver) {
        onProgress({ event: 'step', step: 'restart' });
        await session.repl.restartBoard();
      }
      return result;
    });
  } catch (error) {
    throw session.withState(session.isEntered ? await resetAfterFailure(session.repl, error) : error);
  }
}

class ReplFiles implements BoardFiles {
  readonly #session: BoardSession;
  readonly #probe: ProbeResult;
  readonly #options: FilesOptions;

  constructor(session: BoardSession, probe: ProbeResult, options: FilesOptions) {
    this.#session = session;
    this.#probe = probe;
    this.#options = options;
  }

  async list(): Promise<ListedEntry[]> {
    const { repl } = this.#session;
    const entries = await listAllFiles(repl);
    const { installed } = await readBoardFacts(repl, this.#probe, []);
    return markPortalFiles(
      entries,
      installed.map(({ path }) => path),
    );
  }

  read(entry: BoardEntry, onBytes?: (doneBytes: number) => void): Promise<Uint8Array> {
    return readLargeFile(this.#session.repl, entry, onBytes);
  }

  async write(files: readonly NewBoardFile[]): Promise<void> {
    const { signal, uploadBaudRate, onProgress = () => {} } = this.#options;
    const session = this.#session;
    onProgress({ event: 'step', step: 'check-space' });
    const facts = await recoverInterruptedInstall(
      session,
      { ...this.#probe, hasHashes: false },
      [],
      [],
      true,
    );
    const commit = commitOf(files, facts);
    const staged = [...files, { path: 'commit program', bytes: Buffer.from(commitProgram(commit)) }];
    await checkRoom(session.repl, facts, staged, [], 'The upload');
    onProgress({ event: 'step', step: 'write-files' });
    const startedAt = performance.now();
    await applyPlan(session.repl, facts, staged, commit, {
      signal,
      uploadBaudRate,
      onBytes: (doneBytes, totalBytes) => {
        const elapsedMs = performance.now() - startedAt;
        onProgress(bytesEvent({ step: 'write-files', doneBytes, totalBytes, elapsedMs }));
      },
      onCommit: () => {
        session.leaves =
          'Either all files are on the board, or none is; it completes the rest when it starts.';
      },
    });
  }

  async remove(files: readonly string[], folders: readonly string[]): Promise<void> {
    this.#options.onProgress?.({ event: 'step', step: 'remove-files' });
    await recoverInterruptedInstall(this.#session, { ...this.#probe, hasHashes: false }, []);
    this.#session.leaves = 'Some of the files may be removed.';
    await removeBoardEntries(this.#session.repl, files, folders);
  }
}

/** Puts the staged files into their places; what has their names is replaced. */
function commitOf(files: readonly NewBoardFile[], { otherNames, installed }: BoardFacts): CommitPlan {
  const main = files.findIndex(({ path }) => path === MAIN_FILE);
  const hasMain =
    otherNames.includes(MAIN_FILE) ||
    installed.some(({ path, state }) => path === MAIN_FILE && state !== 'missing');
  const keptMain = hasMain ? 'keep' : 'remove';
  return {
    paths: files.map(({ path }) => path),
    kept: new Map(),
    removed: [],
    main: main < 0 ? keptMain : main,
  };
}
