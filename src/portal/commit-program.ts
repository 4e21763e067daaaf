// The program that puts staged files into their places. While it works it is the board's main.py: whenever power comes
// back, the board itself continues where it stopped, and no other program on the board runs in between.

import { quote } from '../board-scripts/python-literal.js';
import { IMPORT_MACHINE, minify } from '../board-scripts/python-source.js';
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

/** The main.py that takes the program's place when all else is done. */
const MAIN_STAGED = `${STAGING_FOLDER}/m`;

/**
 * `x` returns 1 for a file, 2 for a folder, 0 for nothing; `v` moves staged files that remain. A missing staged file was
 * moved before the power failed, so its target is new and is not kept again. A rename replaces an existing file: on
 * littlefs at once, on FAT by a separate removal (fat_vfs_rename in MicroPython's extmod/vfs_fat.c). If it fails for another
 * reason, such as a full flash, the existing file must remain.
 */
const MOVE_IF_THERE = `
def x(a):
    try:
        return 1+(os.stat(a)[0]>>14&1)
    except OSError:
        return 0
def v(a,b):
    if x(a):
        os.rename(a,b)`;
const MAKE_FOLDERS = `
for d in D:
    if not x(d):
        os.mkdir(d)`;
const PLACE = `
for i,p in enumerate(P):
    v('${STAGING_FOLDER}/%d'%i,p)`;
/** Removes files that are no longer needed, then renames other files with the names of new ones. */
const REMOVE = `
for p in R:
    if x(p)==1:
        os.remove(p)
for d in E:
    try:
        os.rmdir(d)
    except OSError:
        pass`;
/** A replaced file is renamed just before its successor is moved; a folder may replace a file. */
const KEEP = `
for p in K:
    if p not in Q and(x(p)==1 or p not in D):
        v(p,K[p])`;
const PLACE_AND_KEEP = `
for i,p in enumerate(P):
    i='${STAGING_FOLDER}/%d'%i
    if x(i):
        if p in K:
            v(p,K[p])
        v(i,p)`;

/**
 * The program as the text of main.py. Paths are relative to the root, parents of folders come first.
 * Every step may be repeated: it is run again from its start until its last line is reached.
 */
export function commitProgram(plan: CommitPlan): string {
  const { paths, removed, main, mainCopy } = plan;
  const kept = new Map([...plan.kept].filter(([path]) => path !== MAIN_FILE)); // commitStep has moved it
  // A short list: the file of main.py is not there any more.
  const places = paths.map((path, index) => (index === main ? '' : path));
  const folders = foldersOf(paths);
  const replaced = places.filter((path) => kept.has(path));
  const keeps = [...kept].map(([path, name]) => `${quote(path)}:${quote(name)}`);
  // Only what there is to do: the program travels with each installation.
  const lines = [
    'import uos as os',
    MOVE_IF_THERE,
    ...(removed.length > 0
      ? [`R=${tuple(removed.map(quote))}`, `E=${tuple(foldersOf(removed).reverse().map(quote))}`, REMOVE]
      : []),
    ...(folders.length + kept.size > 0 ? [`D=${tuple(folders.map(quote))}`] : []),
    ...(kept.size > 0 ? [`Q=${tuple(replaced.map(quote))}`, `K={${keeps.join(',')}}`, KEEP] : []),
    ...(folders.length > 0 ? [MAKE_FOLDERS] : []),
    mainCopy === undefined ? '' : `v('${STAGING_FOLDER}/k',${quote(mainCopy)})`,
    ...(places.length > 0
      ? [`P=${quote(places.join('\n'))}.split('\\n')`, kept.size > 0 ? PLACE_AND_KEEP : PLACE]
      : []),
    // From here on main.py is not this program any more.
    main === 'remove' ? "if x('main.py'):\n    os.remove('main.py')" : `v('${MAIN_STAGED}','main.py')`,
    `for n in os.listdir('${STAGING_FOLDER}'):`,
    `    os.remove('${STAGING_FOLDER}/'+n)`,
    `os.rmdir('${STAGING_FOLDER}')`,
    `print(${quote(COMMIT_DONE)},end='')`, // a line end would be a line of the log
    IMPORT_MACHINE,
    'import utime',
    'utime.sleep_ms(20)', // what was printed has to leave the UART's buffer first
    'machine.reset()',
  ];
  return `${COMMIT_MARK}\n${minify(lines.join('\n'))}\n`;
}

/**
 * Code that makes everything ready and then makes the commit program main.py, by one rename: before it the board runs
 * what it ran, after it what is new. Needs `H` of probe-board. Ends with a restart.
 * @param programIndex the staged file with commitProgram
 */
export function commitStep(plan: CommitPlan, programIndex: number): string {
  const copies = [plan.mainCopy === undefined ? '' : 'k', plan.main === 'keep' ? 'm' : ''].filter(Boolean);
  const mainFolder = plan.kept.get(MAIN_FILE);
  return minify(`
${copies.length > 0 ? COPY_MAIN : ''}
${copies.map((name) => `C('${STAGING_FOLDER}/${name}')`).join('\n')}
${typeof plan.main === 'number' ? `os.rename('${STAGING_FOLDER}/${plan.main}','${MAIN_STAGED}')` : ''}
${mainFolder === undefined ? '' : `os.rename('${MAIN_FILE}',${quote(mainFolder)})`}
os.rename('${STAGING_FOLDER}/${programIndex}','main.py')
exec(open('main.py').read())
`);
}

const COPY_MAIN = `
def C(n):
    with open('main.py','rb') as a:
        with open(n,'wb') as b:
            while 1:
                s=a.read(256)
                if not s:
                    break
                b.write(s)
    if H('main.py')!=H(n):
        raise OSError(5)`;

/** Code that completes a commit that was cut. Ends with a restart. */
export const FINISH_COMMIT = "exec(open('main.py').read())";

function tuple(items: readonly string[]): string {
  return items.length === 0 ? '()' : `(${items.join(',')},)`;
}

/** The folders that these paths lie in, each after its parent. */
export function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders].sort();
}
