// An installation that is cut anywhere: the board runs the portal that it had or the new one, never a mixture, and the
// next installation cleans up.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { BoardLog, install, type LogEntry, openPort, type Port, type ProgressEvent } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { DISCARD } from '../../src/micropython/staging.js';
import { STAGING_FOLDER } from '../../src/portal/commit-program.js';
import { CliHome } from '../support/cli.js';
import { CutBoards, countInPairs } from '../support/cut-boards.js';
import { seededRandom } from '../support/random.js';
import { tinyPortal } from '../support/tiny-portal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const boards = new CutBoards(home.folder);

const OLD = tinyPortal(1, 'dropped');
/** Each file is made, written and put into its place: together more than 200 changes. */
const NEW = tinyPortal(2, 'lib/added', 65);
const VERSIONS = { old: '1', new: '2' };
/** Somebody else's, in the way of the new one: a file where a folder goes, and a folder that would hide a module. */
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
    const ready = await new BoardLog(port).waitFor(isReady, { timeoutMs: 10_000 });
    return ready?.essid ?? 'nothing';
  }
}

/** The next installation leaves just what an undisturbed one leaves, and what was in its way beside it. */
async function heals(name: string, portal = NEW): Promise<void> {
  await using port = await openPort(boards.address(name));
  expect(await install(port, { portal })).toMatchObject({ ssid: VERSIONS.new });
  const { file, folder } = IN_THE_WAY;
  const names = new Set(portal.source.map(({ path }) => path.replace(/\/.*/, '')));
  expect(readdirSync(boards.file(name)).sort()).toEqual(
    [...names, 'boot.py', 'portal.manifest', `${file}.old`, `${folder}.old`].sort(),
  );
  for (const { path, bytes } of portal.source) {
    expect(readFileSync(boards.file(name, path)).equals(bytes), path).toBe(true);
  }
  expect(readFileSync(boards.file(name, `${file}.old`), 'utf8')).toBe('their file');
  expect(readFileSync(boards.file(name, `${folder}.old/x`), 'utf8')).toBe('in their folder');
}

const installNew = (port: Port) => install(port, { portal: NEW });

describe('the cable is cut', () => {
  test('at every message of the exchange', { timeout: 240_000 }, async () => {
    // A portal that fits a few blocks: each kind of message is there, and all of them are tried.
    const portal = tinyPortal(2, 'lib/added', 5);
    const results = new Set<string>();
    // Messages come in more or fewer pieces from run to run: one that has none left does not mean that all have.
    let finished = 0;
    const messages = await countInPairs(async (number, lane) => {
      boards.make(lane);
      const act = (port: Port) => install(port, { portal });
      const end = await boards.cutCableAt(lane, (message) => message >= number, act);
      if (end === 'done') return ++finished < 5;
      expect(end).toBe('port-lost');
      const runs = await runsAfter(lane);
      results.add(runs);
      expect(Object.values(VERSIONS), `after message ${number}`).toContain(runs);
      if (number % 10 === 0) await heals(lane, portal);
      return true;
    });
    expect(results).toContain(VERSIONS.old);
    expect(messages).toBeGreaterThan(50);
  });

  test('as soon as the new files are in place', async () => {
    boards.make('left');
    let isInPlace = false;
    const onProgress = ({ event }: ProgressEvent) => {
      isInPlace ||= event === 'file';
    };
    const act = (port: Port) => install(port, { portal: NEW, onProgress });
    expect(await boards.cutCableAt('left', () => isInPlace, act)).toBe('port-lost');
    expect(await runsAfter('left')).toBe(VERSIONS.new);
  });
});

describe('the power fails', () => {
  test('at 200 random changes of the files', { timeout: 300_000 }, async () => {
    const total = await lastChange(() => true);
    expect(total).toBeGreaterThan(200);
    const changes = Array.from({ length: total }, (_, index) => index + 1);
    const random = seededRandom(115_200);
    const chosen = Array.from({ length: 200 }, () => changes.splice(random(changes.length), 1)[0] ?? 0);
    const results = new Set<string>();
    await countInPairs(async (number, lane) => {
      const change = chosen[number - 1];
      if (change === undefined) return false;
      boards.make(lane);
      expect(await boards.cutPowerAt(lane, change, installNew), `change ${change} of ${total}`).toBe(true);
      const runs = await runsAfter(lane);
      results.add(runs);
      expect(Object.values(VERSIONS), `after change ${change}`).toContain(runs);
      if (number % 20 === 0) await heals(lane);
      return true;
    });
    expect([...results].sort()).toEqual(Object.values(VERSIONS));
  });

  test('at each step in which a board completes a commit by itself', { timeout: 120_000 }, async () => {
    const before = await lastOldChange();
    boards.make('left');
    await boards.cutPowerAt('left', before + 1, installNew);

    let completions = 0;
    for (let ready: LogEntry | undefined; !ready; completions++) {
      expect(completions).toBeLessThan(60);
      // One step more each time, so that it is cut after none, after one, after two, …
      const port = await openPort(boards.address('left', `&powercut=${completions + 1}`));
      ready = await new BoardLog(port).waitFor(isReady, { timeoutMs: 10_000 }).catch(() => undefined);
      await port[Symbol.asyncDispose]();
      if (ready) expect(ready).toMatchObject({ essid: VERSIONS.new });
    }
    expect(completions).toBeGreaterThan(4);
    await heals('left');
  });
});

test('a commit that the board could not complete, for a boot.py that fails, is completed first', async () => {
  const before = await lastOldChange();
  boards.make('left');
  await boards.cutPowerAt('left', before + 3, installNew);
  writeFileSync(boards.file('left', 'boot.py'), '1/0\n');
  await using port = await openPort(boards.address('left'));
  await expect(install(port, { portal: NEW })).rejects.toMatchObject({ code: 'board-boot-error' });
  expect(existsSync(boards.file('left', STAGING_FOLDER))).toBe(false);
  for (const { path, bytes } of NEW.source) {
    expect(readFileSync(boards.file('left', path)).equals(bytes), path).toBe(true);
  }
});

test('clearing away what was staged spares what a commit that has begun still needs', async () => {
  const before = await lastOldChange();
  boards.make('left');
  await boards.cutPowerAt('left', before + 3, installNew);
  const boot = boards.file('left', 'boot.py');
  const usual = readFileSync(boot);
  writeFileSync(boot, '1/0\n'); // so that main.py, which would complete it, does not run
  {
    await using port = await openPort(boards.address('left'));
    const repl = await RawRepl.enter(port);
    await repl.exec(DISCARD);
  }
  writeFileSync(boot, usual);
  expect(await runsAfter('left')).toBe(VERSIONS.new);
});

/** The last change of an installation after which the board still runs the old portal, looked for once. */
function lastOldChange(): Promise<number> {
  lastOld ??= lastChange(() => boards.isUntouched('count'));
  return lastOld;
}
let lastOld: Promise<number> | undefined;

/** The last change of an installation at which the power fails, and this holds; found by halving. */
async function lastChange(holds: () => boolean): Promise<number> {
  let [least, most] = [100, 300];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    boards.make('count');
    if ((await boards.cutPowerAt('count', middle, installNew)) && holds()) least = middle;
    else most = middle - 1;
  }
  return least;
}
