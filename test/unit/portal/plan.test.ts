// What an installation changes, by what is wanted and what is on the board.

import { describe, expect, test } from 'vitest';
import type { BoardFacts, InstalledFile } from '../../../src/portal/board-facts.js';
import type { BundleFile } from '../../../src/portal/bundle.js';
import { type FileKind, shortHash } from '../../../src/portal/manifest.js';
import { PORTAL_LINES, planInstall, stagedFiles, type Wanted } from '../../../src/portal/plan.js';
import { boardFacts } from '../../support/board-facts.js';

const file = (path: string, text = path): BundleFile => ({ path, bytes: Buffer.from(text) });
const PORTAL = [file('captive_portal.mpy'), file('index.html'), file('main.py')];

const wanted = (more: Partial<Wanted> = {}): Wanted => ({
  portal: PORTAL,
  config: undefined,
  app: undefined,
  mainMode: 'keep',
  ...more,
});

/** A file that an earlier installation has put there. */
function ours(
  path: string,
  state: InstalledFile['state'] = 'same',
  { text = path, kind = 'portal' as FileKind } = {},
): InstalledFile {
  return { kind, path, hash: shortHash(Buffer.from(text)), state };
}

/** The board that an installation leaves. */
function installed(given: Wanted): BoardFacts {
  const { manifest } = planInstall(given, boardFacts());
  const files = [...given.portal, ...(given.config ? [given.config] : []), ...(given.app ?? [])];
  return boardFacts({
    installed: files.map(({ path, bytes }) => ours(path, 'same', { text: bytes.toString() })),
    manifestHash: shortHash(Buffer.from(manifest)),
  });
}

const paths = (files: readonly BundleFile[]) => files.map(({ path }) => path);

test('a board without the portal gets all of it, the manifest and the commit program last', () => {
  const plan = planInstall(wanted(), boardFacts({ otherNames: ['boot.py', 'mine.txt'] }));
  expect(plan).toMatchObject({ removed: [], kept: new Map(), main: 'portal', isNothing: false });
  expect(paths(stagedFiles(plan))).toEqual([...paths(PORTAL), 'portal.manifest', 'commit program']);
  expect(plan.commit).toMatchObject({ paths: [...paths(PORTAL), 'portal.manifest'], main: 2 });
});

test('the same again is nothing; one file that was damaged is that file', () => {
  const there = installed(wanted());
  expect(planInstall(wanted(), there).isNothing).toBe(true);
  const damaged = there.installed.map((one) =>
    one.path === 'captive_portal.mpy' ? ours(one.path, 'changed') : one,
  );
  const plan = planInstall(wanted(), { ...there, installed: damaged });
  expect(paths(plan.sent)).toEqual(['captive_portal.mpy']);
  expect(plan.kept).toEqual(new Map()); // bytecode is not edited
  expect(plan.commit.main).toBe('keep');
});

describe('what an installation does not mention', () => {
  const config = file('portal_config.py', 'OPTIONS = {}');
  const before = wanted({ config, app: [file('app.py'), file('lib/part.py')] });
  const there = installed(before);
  const facts = {
    ...there,
    installed: there.installed.map((one) => {
      if (one.path === 'portal_config.py') return { ...one, kind: 'config' as const };
      return /app|lib/.test(one.path) ? { ...one, kind: 'app' as const } : one;
    }),
  };

  test('stays: the configuration and the program', () => {
    expect(planInstall(wanted(), facts)).toMatchObject({ sent: [], removed: [], isNothing: true });
  });

  test('a program without a file of the earlier one removes it, and spares what was edited', () => {
    const app = [file('app.py')];
    expect(planInstall(wanted({ config, app }), facts)).toMatchObject({ sent: [], removed: ['lib/part.py'] });
    const edited = facts.installed.map((one) =>
      one.path === 'lib/part.py' ? { ...one, state: 'changed' as const } : one,
    );
    const plan = planInstall(wanted({ config, app }), { ...facts, installed: edited });
    expect(plan.removed).toEqual([]);
    expect(plan.kept).toEqual(new Map([['lib/part.py', 'lib/part.py.old']]));
  });

  test('a file of the earlier program that is missing is neither removed nor kept', () => {
    const missing = facts.installed.map((one) =>
      one.path === 'lib/part.py' ? { ...one, state: 'missing' as const } : one,
    );
    const plan = planInstall(wanted({ config, app: [file('app.py')] }), { ...facts, installed: missing });
    expect(plan).toMatchObject({ removed: [], kept: new Map() });
  });

  test('an earlier program with a file that would put the portal out of action loses it', () => {
    const bad = { ...facts, installed: [...facts.installed, ours('time.py', 'same', { kind: 'app' })] };
    expect(planInstall(wanted(), bad).removed).toEqual(['time.py']);
  });
});

describe('in the way of what is sent', () => {
  test.each([
    ['a file of the same name', { otherNames: ['index.html'] }, ['index.html', 'index.html.old']],
    [
      'a source that is imported first',
      { otherNames: ['captive_portal.py'] },
      ['captive_portal.py', 'captive_portal.py.old'],
    ],
    [
      'a folder that hides a module',
      { otherNames: ['captive_portal'], folders: ['captive_portal'] },
      ['captive_portal', 'captive_portal.old'],
    ],
    [
      'a folder called main.py',
      { otherNames: ['main.py'], folders: ['main.py'] },
      ['main.py', 'main.py.old'],
    ],
    [
      'a name that is taken too',
      { otherNames: ['index.html', 'index.html.old', 'index.html.old2'] },
      ['index.html', 'index.html.old3'],
    ],
  ])('%s gets another name', (_what, facts, entry) => {
    const plan = planInstall(wanted(), boardFacts(facts));
    expect([...plan.kept]).toEqual([entry]);
    expect(plan.removed).toEqual([]);
  });

  test('a file where a folder goes gets another name', () => {
    const plan = planInstall(wanted({ app: [file('lib/x.py')] }), boardFacts({ otherNames: ['lib'] }));
    expect([...plan.kept]).toEqual([['lib', 'lib.old']]);
  });

  test('a folder with files of the portal is kept', () => {
    const facts = boardFacts({ otherNames: ['lib/theirs.py'], folders: ['lib'] });
    expect(planInstall(wanted({ app: [file('lib/x.py')] }), facts).kept).toEqual(new Map());
  });
});

describe("a main.py of the user's own", () => {
  const facts = boardFacts({ otherNames: ['main.py'] });
  const mine = Buffer.from('print(1)');

  test('is kept, and the portal does not start with it', () => {
    const plan = planInstall(wanted(), facts);
    expect(plan).toMatchObject({ main: 'without-portal', kept: new Map() });
    expect(paths(plan.sent)).not.toContain('main.py');
    expect(plan.commit.main).toBe('keep');
  });

  test('that creates a portal is kept in every mode', () => {
    const plan = planInstall(wanted({ mainMode: 'append' }), { ...facts, mainStartsPortal: true }, mine);
    expect(plan.main).toBe('starts-portal');
    expect(paths(plan.sent)).not.toContain('main.py');
  });

  test.each([
    ['an open line', 'print(1)', 'print(1)\n\n'],
    ['a line end', 'print(1)\n', 'print(1)\n\n'],
    ['nothing in it', '', '\n'],
  ])('with %s gets the lines added, and a copy stays', (_what, text, before) => {
    const plan = planInstall(wanted({ mainMode: 'append' }), facts, Buffer.from(text));
    expect(plan.sent.at(-1)?.bytes.toString()).toBe(`${before}${PORTAL_LINES}`);
    expect(plan.kept).toEqual(new Map([['main.py', 'main.py.old']]));
    expect(plan.commit).toMatchObject({ mainCopy: 'main.py.old', main: plan.sent.length - 1 });
  });

  test('is replaced on request, with a copy', () => {
    const plan = planInstall(wanted({ mainMode: 'replace' }), facts);
    expect(paths(plan.sent)).toContain('main.py');
    expect(plan).toMatchObject({ main: 'portal', kept: new Map([['main.py', 'main.py.old']]) });
  });

  test('of the portal that was removed is installed again', () => {
    const plan = planInstall(wanted(), boardFacts({ installed: [ours('main.py', 'missing')] }));
    expect(plan.main).toBe('portal');
    expect(paths(plan.sent)).toContain('main.py');
  });
});
