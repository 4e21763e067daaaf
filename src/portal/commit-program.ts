// The program that puts staged files into their places. While it works it is the board's main.py: whenever power comes
// back, the board itself continues where it stopped, and no other program on the board runs in between.

import beginCommit from '../board-scripts/commit/begin_commit.py';
import commit from '../board-scripts/commit/commit.py';
import restartWhenPrinted from '../board-scripts/commit/restart_when_printed.py';
import runCommit from '../board-scripts/commit/run_commit.py';
import importMachine from '../board-scripts/common/import_machine.py';
import { assemble } from '../board-scripts/python-source.js';
import { MAIN_FILE } from './bundle.js';

/** Where files wait to be committed, as `0`, `1`, …; the commit program and the main.py to come have names. */
export const STAGING_FOLDER = 'portal.new';

/** First bytes of the commit program, which identify it. */
export const COMMIT_MARK = '#portal.commit';

/** Printed when it is done, just before it restarts the board. */
export const COMMIT_DONE = 'esp-portal: committed';

export interface CommitPlan {
  /** Where the staged files go, in their order; the manifest comes last. */
  readonly paths: readonly string[];
  /** Other files and folders with the names of new files, and their new names; main.py only as a folder. */
  readonly kept: ReadonlyMap<string, string>;
  /** Files to remove. */
  readonly removed: readonly string[];
  /** What happens to main.py: the staged file of that index takes its place, it stays, or it goes. */
  readonly main: number | 'keep' | 'remove';
  /** Name of a copy of the main.py that was there, where one is to be kept. */
  readonly mainCopy?: string | undefined;
}

/** The program as the text of main.py. Paths are relative to the root, parents of folders come first. */
export function commitProgram(plan: CommitPlan): string {
  const { paths, removed, main, mainCopy } = plan;
  const kept = new Map([...plan.kept].filter(([path]) => path !== MAIN_FILE)); // commitStep has moved it
  // A short list: the file of main.py is not there any more.
  const places = paths.map((path, index) => (index === main ? '' : path));
  const folders = foldersOf(paths);
  const program = assemble([commit, importMachine, restartWhenPrinted], {
    DONE: COMMIT_DONE,
    EMPTIED: foldersOf(removed).reverse(),
    FOLDERS: folders,
    HAS_FOLDERS: folders.length > 0,
    HAS_KEPT: kept.size > 0,
    HAS_MAIN_COPY: mainCopy !== undefined,
    HAS_PATHS: places.length > 0,
    HAS_REMOVED: removed.length > 0,
    KEPT: kept,
    MAIN_COPY: mainCopy ?? '',
    PATHS: places.join('\n'),
    REMOVED: removed,
    REMOVES_MAIN: main === 'remove',
    REPLACED: places.filter((path) => kept.has(path)),
  });
  return `${COMMIT_MARK}\n${program}\n`;
}

/**
 * Makes everything ready, makes the commit program main.py, and runs it. Needs hashes.py. Ends with a restart.
 * @param programIndex the staged file with commitProgram
 */
export function commitStep(plan: CommitPlan, programIndex: number): string {
  return `${beginStep(plan, programIndex)}\n${FINISH_COMMIT}`;
}

/** The same without the restart: the board waits in its raw REPL. After a power failure it restarts itself. */
export function commitStepWithoutRestart(plan: CommitPlan, programIndex: number): string {
  const program = commitProgram(plan);
  const end = program.indexOf('\n', program.lastIndexOf(COMMIT_DONE));
  const characters = [...program.slice(0, end)].length; // as the board counts them
  return `${beginStep(plan, programIndex)}\nexec(open('main.py').read(${characters}))`;
}

function beginStep({ main, mainCopy, kept }: CommitPlan, programIndex: number): string {
  const copies = [...(mainCopy === undefined ? [] : ['k']), ...(main === 'keep' ? ['m'] : [])];
  const mainFolder = kept.get(MAIN_FILE);
  return assemble([beginCommit], {
    COPIES: copies,
    HAS_COPIES: copies.length > 0,
    HAS_MAIN: typeof main === 'number',
    HAS_MAIN_FOLDER: mainFolder !== undefined,
    MAIN: `${STAGING_FOLDER}/${main}`,
    MAIN_FOLDER: mainFolder ?? '',
    PROGRAM: `${STAGING_FOLDER}/${programIndex}`,
  });
}

/** Completes a commit that was cut. Ends with a restart. */
export const FINISH_COMMIT = assemble([runCommit]);

/** The folders that these paths lie in, each after its parent. */
export function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders].sort();
}
