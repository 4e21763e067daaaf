// The commit program in real MicroPython, with the power failing at every change that it makes, and again at every
// change of what completes it.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { shortName } from '../../../scripts/board-scripts.js';
import {
  COMMIT_MARK,
  type CommitPlan,
  commitProgram,
  commitStep,
  STAGING_FOLDER,
} from '../../../src/portal/commit-program.js';
import { type MicroPython, startMicroPython } from '../../support/micropython.js';

/** Content by path; a folder's path ends with a slash. */
type Files = Readonly<Record<string, string>>;

interface Case {
  readonly plan: CommitPlan;
  /** What is staged, in the plan's order. */
  readonly staged: readonly string[];
  readonly before: Files;
  readonly after: Files;
  /** A board that has this already runs what it ran, and is committed to nothing. */
  readonly beforeToo?: Files;
}

const BOOT = { 'boot.py': 'boot' };
const FOREIGN = { lib: 'their file', 'part4/': '', 'part4/x': 'in their folder', 'mine.txt': 'mine' };

const CASES: Record<string, Case> = {
  'a new version, with files and folders of the user where it goes': {
    plan: {
      paths: ['part0.py', 'lib/sub/added.py', 'part4.py', 'main.py', 'portal.manifest'],
      kept: new Map([
        ['lib', 'lib.old'],
        ['part4', 'part4.old'],
        ['part0.py', 'part0.py.old'],
        ['edited.py', 'edited.py.old'],
      ]),
      removed: ['dropped.py', 'gone/deep/x.py'],
      main: 3,
    },
    staged: ['new 0', 'new added', 'new 4', 'new main', 'new manifest'],
    before: {
      ...BOOT,
      ...FOREIGN,
      'part0.py': 'edited 0',
      'edited.py': 'edited',
      'dropped.py': 'old dropped',
      'gone/': '',
      'gone/deep/': '',
      'gone/deep/x.py': 'old x',
      'main.py': 'old main',
      'portal.manifest': 'old manifest',
    },
    after: {
      ...BOOT,
      'lib.old': 'their file',
      'part4.old/': '',
      'part4.old/x': 'in their folder',
      'mine.txt': 'mine',
      'part0.py': 'new 0',
      'part0.py.old': 'edited 0',
      'edited.py.old': 'edited',
      'lib/': '',
      'lib/sub/': '',
      'lib/sub/added.py': 'new added',
      'part4.py': 'new 4',
      'main.py': 'new main',
      'portal.manifest': 'new manifest',
    },
  },
  'a main.py that stays': {
    plan: { paths: ['a.py', 'portal.manifest'], kept: new Map(), removed: ['b.py'], main: 'keep' },
    staged: ['new a', 'new manifest'],
    before: { ...BOOT, 'b.py': 'old b', 'main.py': 'my main'.repeat(100) },
    after: { ...BOOT, 'a.py': 'new a', 'portal.manifest': 'new manifest', 'main.py': 'my main'.repeat(100) },
  },
  'a main.py that is replaced and kept under another name': {
    plan: {
      paths: ['a.py', 'main.py', 'portal.manifest'],
      kept: new Map(),
      removed: [],
      main: 1,
      mainCopy: 'main.py.old',
    },
    staged: ['new a', 'new main', 'new manifest'],
    before: { ...BOOT, 'a.py': 'old a', 'main.py': 'my main'.repeat(100) },
    after: {
      ...BOOT,
      'a.py': 'new a',
      'main.py': 'new main',
      'main.py.old': 'my main'.repeat(100),
      'portal.manifest': 'new manifest',
    },
  },
  'a folder called main.py': {
    plan: {
      paths: ['main.py', 'portal.manifest'],
      kept: new Map([['main.py', 'main.py.old']]),
      removed: [],
      main: 0,
    },
    staged: ['new main', 'new manifest'],
    before: { 'main.py/': '', 'main.py/x': 'theirs' },
    beforeToo: { 'main.py.old/': '', 'main.py.old/x': 'theirs' },
    after: {
      'main.py': 'new main',
      'main.py.old/': '',
      'main.py.old/x': 'theirs',
      'portal.manifest': 'new manifest',
    },
  },
  'an uninstallation': {
    plan: { paths: [], kept: new Map(), removed: ['lib/a.py', 'b.py', 'portal.manifest'], main: 'remove' },
    staged: [],
    before: {
      ...BOOT,
      'lib/': '',
      'lib/a.py': 'a',
      'b.py': 'b',
      'portal.manifest': 'old manifest',
      'main.py': 'old main',
      'mine.txt': 'mine',
    },
    after: { ...BOOT, 'mine.txt': 'mine' },
  },
};

type End = 'done' | 'restart' | 'cut';

let python: MicroPython;
beforeAll(async () => {
  const lab = readFileSync(new URL('./power_cut.py', import.meta.url), 'utf8');
  python = await startMicroPython({ 'power_cut.py': lab });
  const names = { hash_files: shortName('hash_files'), os: shortName('os') };
  python.run(`import power_cut\npower_cut.names.update(${JSON.stringify(names)})`);
});

/** Runs something on a board with these files; @returns how it ended, and the files then */
function after(files: Files, call: string): { end: End; files: Files } {
  python.run(`power_cut.have(json.loads(${JSON.stringify(JSON.stringify(files))}))`);
  python.run(`end = power_cut.${call}`); // which prints, too
  return { end: python.value<End>('end'), files: python.value<Files>('power_cut.files()') };
}

const step = ({ plan, staged }: Case, cutAt: number) =>
  `run(${JSON.stringify(commitStep(plan, staged.length))}, ${cutAt})`;

function withStaged({ plan, staged, before }: Case): Files {
  const files = [...staged, commitProgram(plan)].map((text, index) => [`${STAGING_FOLDER}/${index}`, text]);
  return { ...before, [`${STAGING_FOLDER}/`]: '', ...Object.fromEntries(files) };
}

const isCommitting = (files: Files) => files['main.py']?.startsWith(COMMIT_MARK) === true;

function outsideStaging(files: Files): Files {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith(`${STAGING_FOLDER}/`)));
}

describe.each(Object.entries(CASES))('%s', (_title, each) => {
  const staged = withStaged(each);
  /** The boards whose commit has begun when the power fails, each once, and how many changes there were before. */
  const begun = new Map<string, Files>();

  test('is complete when the power stays on', () => {
    const { end, files } = after(staged, step(each, 0));
    expect(end).toBe('restart');
    expect(files).toEqual(each.after);
  });

  test('keeps what it had until the commit program is main.py', () => {
    for (let cut = 1; ; cut++) {
      const { end, files } = after(staged, step(each, cut));
      if (end !== 'cut') break;
      const outside = outsideStaging(files);
      if (isCommitting(files)) begun.set(JSON.stringify(files), files);
      else expect([each.before, each.beforeToo, each.after], `change ${cut}`).toContainEqual(outside);
    }
    expect(begun.size).toBeGreaterThan(1);
  });

  test('is completed by the board, however often the power fails during it', () => {
    // What a cut leaves is tried as a board of its own, so that any number of cuts in a row is.
    for (const files of begun.values()) {
      for (let cut = 1; ; cut++) {
        const next = after(files, `start(${cut})`);
        if (next.end === 'restart') {
          expect(next.files).toEqual(each.after);
          break;
        }
        expect(next.end).toBe('cut');
        if (isCommitting(next.files)) begun.set(JSON.stringify(next.files), next.files);
        else expect(outsideStaging(next.files), `change ${cut}`).toEqual(each.after);
      }
    }
  });
});
