// An uninstallation that is cut anywhere: the board has all of the portal or nothing of it, and the next one completes it.

import { readdirSync, writeFileSync } from 'node:fs';
import { install, openPort, type Port, uninstall } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ByteReader } from '../../src/port/byte-reader.js';
import { COMMIT_DONE, STAGING_FOLDER } from '../../src/portal/commit-program.js';
import { CliHome } from '../support/cli.js';
import { CutBoards, countInPairs } from '../support/cut-boards.js';
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
  await uninstall(port);
  expect(await ByteReader.of(port).readUntil(PROMPT, { timeoutMs: 10_000 })).toMatchObject({ end: 'found' });
}

type Outcome = 'all' | 'nothing';

/** What each state of a board's files leads to, tried once. */
const seen = new Map<string, Promise<Outcome>>();

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
  const state = boards.contents(name);
  const known = seen.get(state) ?? start();
  seen.set(state, known);
  return known;

  async function start(): Promise<Outcome> {
    await using port = await openPort(boards.address(name));
    for (const said of [COMMIT_DONE, PROMPT])
      expect(await ByteReader.of(port).readUntil(said, { timeoutMs: 10_000 })).toMatchObject({
        end: 'found',
      });
    expectNothing(name);
    return 'nothing';
  }
}

function expectNothing(name: string, files = readdirSync(boards.file(name))): void {
  expect(files.sort()).toEqual(LEFT);
}

async function completes(name: string): Promise<void> {
  await using port = await openPort(boards.address(name));
  await remove(port);
  expectNothing(name);
}

/** Cuts at 1, 2, … until the uninstallation is done before. @returns how often it was cut, and what the boards had */
async function cutEverywhere(cut: (lane: string, number: number) => Promise<boolean>) {
  const outcomes = new Set<Outcome>();
  const tried = await countInPairs(async (number, lane) => {
    boards.make(lane);
    if (!(await cut(lane, number))) return false;
    outcomes.add(await hasAfter(lane));
    if (number % 10 === 0) await completes(lane);
    return true;
  });
  return { tried, outcomes: [...outcomes].sort() };
}

/** It is the exchange that install has, which is cut at every message; here every third will do. */
const STEP = 3;

test('the cable is cut all along the exchange', { timeout: 240_000 }, async () => {
  const { tried, outcomes } = await cutEverywhere(async (lane, number) => {
    const end = await boards.cutCableAt(lane, (message) => message >= number * STEP, remove);
    if (end !== 'done') expect(end).toBe('port-lost');
    return end !== 'done';
  });
  expect(tried).toBeGreaterThan(15);
  // A busy computer hands over the messages after the commit in fewer than STEP pieces.
  expect(outcomes).toContain('all');
});

test('the power fails at every change of the files', { timeout: 240_000 }, async () => {
  const { tried, outcomes } = await cutEverywhere((lane, change) => boards.cutPowerAt(lane, change, remove));
  expect(tried).toBeGreaterThan(15);
  expect(outcomes).toEqual(['all', 'nothing']);
});
