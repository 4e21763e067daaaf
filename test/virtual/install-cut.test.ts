// An installation that is cut: the board runs the portal that it had or the new one, never a mixture, and the next
// installation cleans up. What a commit does at each single change is tested in unit/portal/commit-program.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { BoardLog, install, type LogEntry, type OnProgress, openPort, type Port } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { DISCARD } from '../../src/operations/install/staging.js';
import { STAGING_FOLDER } from '../../src/portal/commit-program.js';
import { CliHome } from '../support/cli.js';
import { CutBoards, type Point } from '../support/cut-boards.js';
import { tinyPortal } from '../support/tiny-portal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const boards = new CutBoards(home.folder);

const OLD = tinyPortal(1, 'dropped');
/** Fits a few blocks: each kind of message is there. */
const NEW = tinyPortal(2, 'lib/added', 5);
const VERSIONS = { old: '1', new: '2' };
/** The user's, where the new version goes: a file in place of a folder, and a folder that would hide a module. */
const IN_THE_WAY = { file: 'lib', folder: 'part4' };

beforeAll(async () => {
  await boards.makeTemplate(async (port) => {
    expect(await install(port, { portal: OLD })).toMatchObject({ ssid: VERSIONS.old });
  });
  writeFileSync(boards.templateFile(IN_THE_WAY.file), 'their file');
  mkdirSync(boards.templateFile(IN_THE_WAY.folder));
  writeFileSync(boards.templateFile(`${IN_THE_WAY.folder}/x`), 'in their folder');
});

const isReady = (entry: LogEntry): entry is LogEntry & { event: 'portal.ready' } =>
  entry.event === 'portal.ready';

/** What each state of a board's files leads to when it starts, tried once. */
const seen = new Map<string, Promise<string>>();

/** Starts the board and returns the versions that run; completing a commit on the way is the board's own affair. */
function runsAfter(name: string): Promise<string> {
  const state = boards.contents(name);
  const known = seen.get(state) ?? start();
  seen.set(state, known);
  return known;

  async function start(): Promise<string> {
    await using port = await openPort(boards.address(name));
    const ready = await new BoardLog(port).waitFor(isReady, { timeoutMs: 30_000 });
    return ready?.essid ?? 'nothing';
  }
}

/** The next installation leaves what an undisturbed one leaves, and the user's files under other names. */
async function heals(name: string): Promise<void> {
  await using port = await openPort(boards.address(name));
  expect(await install(port, { portal: NEW })).toMatchObject({ ssid: VERSIONS.new });
  const { file, folder } = IN_THE_WAY;
  const names = new Set(NEW.source.map(({ path }) => path.replace(/\/.*/, '')));
  expect(readdirSync(boards.file(name)).sort()).toEqual(
    [...names, 'boot.py', 'portal.manifest', `${file}.old`, `${folder}.old`].sort(),
  );
  for (const { path, bytes } of NEW.source) {
    expect(readFileSync(boards.file(name, path)).equals(bytes), path).toBe(true);
  }
  expect(readFileSync(boards.file(name, `${file}.old`), 'utf8')).toBe('their file');
  expect(readFileSync(boards.file(name, `${folder}.old/x`), 'utf8')).toBe('in their folder');
}

/** What `changes` finds as long as nobody changes the installation: tried first. */
const [LAST_OLD, LAST] = [60, 75];

const installNew = (port: Port) => install(port, { portal: NEW });

test('the cable is cut along the exchange', async () => {
  const points: Point[] = [
    { since: 'begin', write: 9 },
    ...[1, 7].map((write) => ({ since: 'upload', write }) as const),
    ...[1, 2].map((write) => ({ since: 'uploaded', write }) as const),
    { since: 'uploaded', answer: 1 },
    'in-place',
  ];
  const results = new Map<Point, string>();
  for (const point of points) {
    boards.make('board');
    const act = (port: Port, onProgress: OnProgress) => install(port, { portal: NEW, onProgress });
    const isCut = await boards.cutCableAt('board', point, act);
    if (point !== 'in-place') expect(isCut, JSON.stringify(point)).toBe(true); // a busy computer reads its end at once
    const runs = await runsAfter('board');
    results.set(point, runs);
    expect(Object.values(VERSIONS), JSON.stringify(point)).toContain(runs);
  }
  expect(results.get(points[0] ?? 'in-place')).toBe(VERSIONS.old);
  expect(results.get('in-place')).toBe(VERSIONS.new);
  await heals('board');
});

describe('the power fails', () => {
  test('before, while and after the files are put into place', { timeout: 180_000 }, async () => {
    const [lastOld, last] = await changes();
    // While files are uploaded, around the rename that commits, while they are put into place, and at the last change.
    const middle = Math.round((lastOld + last) / 2);
    const chosen = [5, lastOld - 1, lastOld, lastOld + 1, middle, last];
    for (const change of chosen) {
      boards.make('board');
      expect(await boards.cutPowerAt('board', change, installNew), `change ${change} of ${last}`).toBe(true);
      const runs = await runsAfter('board');
      expect(runs, `after change ${change}`).toBe(change <= lastOld ? VERSIONS.old : VERSIONS.new);
      if (change === 5 || change === middle) await heals('board');
    }
  });

  test('repeatedly while the board completes a commit', async () => {
    const [lastOld] = await changes();
    boards.make('board');
    await boards.cutPowerAt('board', lastOld + 1, installNew);

    let completions = 0;
    for (let ready: LogEntry | undefined; !ready; completions++) {
      expect(completions).toBeLessThan(60);
      // One step more each time, so that it is cut after none, after one, after two, …
      // On a busy computer its power may have failed before the port is open.
      const port = await openPort(boards.address('board', `&powercut=${completions + 1}`)).catch(
        () => undefined,
      );
      ready =
        port && (await new BoardLog(port).waitFor(isReady, { timeoutMs: 30_000 }).catch(() => undefined));
      await port?.[Symbol.asyncDispose]();
      if (ready) expect(ready).toMatchObject({ essid: VERSIONS.new });
    }
    expect(completions).toBeGreaterThan(4);
    await heals('board');
  });
});

test('a commit that the board could not complete, for a boot.py that fails, is completed first', async () => {
  const [lastOld] = await changes();
  boards.make('board');
  await boards.cutPowerAt('board', lastOld + 3, installNew);
  writeFileSync(boards.file('board', 'boot.py'), '1/0\n');
  await using port = await openPort(boards.address('board'));
  await expect(install(port, { portal: NEW })).rejects.toMatchObject({ code: 'board-boot-error' });
  expect(existsSync(boards.file('board', STAGING_FOLDER))).toBe(false);
  for (const { path, bytes } of NEW.source) {
    expect(readFileSync(boards.file('board', path)).equals(bytes), path).toBe(true);
  }
});

test('clearing away what was staged spares what a commit that has begun still needs', async () => {
  const [lastOld] = await changes();
  boards.make('board');
  await boards.cutPowerAt('board', lastOld + 3, installNew);
  const boot = boards.file('board', 'boot.py');
  const usual = readFileSync(boot);
  writeFileSync(boot, '1/0\n'); // so that main.py, which would complete it, does not run
  {
    await using port = await openPort(boards.address('board'));
    const repl = await RawRepl.enter(port);
    await repl.exec(DISCARD);
  }
  writeFileSync(boot, usual);
  expect(await runsAfter('board')).toBe(VERSIONS.new);
});

/** The last change of an installation after which the board still runs the old portal, and the last of all. */
function changes(): Promise<[lastOld: number, last: number]> {
  counted ??= (async () => {
    const lastOld = await lastChange(LAST_OLD, [1, 64], () => boards.isUntouched('board'));
    return [lastOld, await lastChange(LAST, [lastOld, lastOld + 63], () => true)];
  })();
  return counted;
}
let counted: Promise<[number, number]> | undefined;

/** The last change of an installation at which the power fails, and this holds: `likely`, or found by halving. */
async function lastChange(
  likely: number,
  [least, most]: [number, number],
  holds: () => boolean,
): Promise<number> {
  for (const tried = [likely, likely + 1]; least < most; ) {
    const change = tried.shift() ?? Math.ceil((least + most) / 2);
    boards.make('board');
    if ((await boards.cutPowerAt('board', change, installNew)) && holds()) least = Math.max(least, change);
    else most = Math.min(most, change - 1);
  }
  return least;
}
