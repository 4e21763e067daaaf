// An uninstallation that is cut: the board has all of the portal or nothing of it, and the next one completes it. What its
// commit does at each single change is tested in unit/portal/commit-program.

import { readdirSync, writeFileSync } from 'node:fs';
import { install, openPort, type Port, uninstall } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ByteReader } from '../../src/port/byte-reader.js';
import { COMMIT_DONE, STAGING_FOLDER } from '../../src/portal/commit-program.js';
import { CliHome } from '../support/cli.js';
import { CutBoards, type Point, spread } from '../support/cut-boards.js';
import { OutputSinceWrite } from '../support/port-wrappers.js';
import { tinyPortal } from '../support/tiny-portal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const boards = new CutBoards(home.folder);

const PROMPT = '>>> ';
/** What is not the portal's, or is so no more. */
const LEFT = ['boot.py', 'mine.txt', 'part1.py'];

beforeAll(async () => {
  await boards.makeTemplate((port) => install(port, { portal: tinyPortal(1, 'lib/module', 2) }));
  writeFileSync(boards.templateFile('mine.txt'), 'mine');
  writeFileSync(boards.templateFile('part1.py'), 'VERSION = 1 # edited');
});

/** Up to the prompt of the board that has restarted, so that there are messages after the commit too. */
async function remove(port: Port): Promise<void> {
  const watched = new OutputSinceWrite(port); // the package's own reader may have the prompt already
  await uninstall(watched);
  await watched.matching(new RegExp(PROMPT));
}

type Outcome = 'all' | 'nothing';

/** What a board has of the portal once it has started: completing a commit on the way is its own affair. */
async function hasAfter(name: string): Promise<Outcome> {
  if (boards.isUntouched(name)) return 'all';
  if (!boards.isCommitting(name)) {
    // What was staged is done with, and goes with the next run.
    expectNothing(
      name,
      readdirSync(boards.file(name)).filter((file) => file !== STAGING_FOLDER),
    );
    return 'nothing';
  }
  await using port = await openPort(boards.address(name));
  for (const said of [COMMIT_DONE, PROMPT]) {
    expect(await ByteReader.of(port).readUntil(said, { timeoutMs: 30_000 })).toMatchObject({ end: 'found' });
  }
  expectNothing(name);
  return 'nothing';
}

function expectNothing(name: string, files = readdirSync(boards.file(name))): void {
  expect(files.sort()).toEqual(LEFT);
}

async function completes(name: string): Promise<void> {
  await using port = await openPort(boards.address(name));
  await remove(port);
  expectNothing(name);
}

test('the cable is cut along the exchange', async () => {
  const outcomes = new Map<Point, Outcome>();
  const points = spread(30, 4).map((write) => ({ since: 'begin', write }) as const);
  for (const point of points) {
    boards.make('board');
    await boards.cutCableAt('board', point, remove);
    outcomes.set(point, await hasAfter('board'));
  }
  expect([...outcomes.values()].slice(0, 2)).toEqual(['all', 'all']);
  await completes('board');
});

test('the power fails before, while and after the files are removed', async () => {
  const outcomes: Outcome[] = [];
  for (let change = 1; ; change += 4) {
    boards.make('board');
    if (!(await boards.cutPowerAt('board', change, remove))) break;
    outcomes.push(await hasAfter('board'));
    if (change % 20 === 1) await completes('board');
  }
  expect(outcomes.length).toBeGreaterThan(4);
  expect(outcomes[0]).toBe('all');
  expect(outcomes.at(-1)).toBe('nothing');
});
