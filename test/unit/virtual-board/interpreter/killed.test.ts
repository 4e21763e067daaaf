// A board whose process or interpreter ends without warning: what is in its files afterwards is a prefix of its writes.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../../../support/random.js';
import { RunningBoard } from './running-board.js';

const KILLS = 15;
/** Of these, one process is killed for each two interpreters, which takes a third of the time. */
const isProcess = (kill: number) => kill % 3 === 0;
const MAX_RUN_MS = 60;
const state = mkdtempSync(join(tmpdir(), 'esp-portal-killed-'));
const files = join(state, 'files');
afterAll(() => rmSync(state, { recursive: true }));

/** Continues where it was killed. Each round writes in the four ways that programs have. */
const MAIN = `
import os
try:
    k = int(open('state').read()[:8])
except OSError:
    k = 0
start = k
while True:
    k += 1
    r = '%08d' % k
    with open('log', 'ab') as f:
        f.write(r * 4 + '\\n')
    with open('state.new', 'wb') as f:
        f.write(r * 100)
        f.write(r * 100)
    os.rename('state.new', 'state')
    with open('page', 'r+b') as f:
        f.seek(100)
        f.write(r * 1000)
    if k % 20 == 0:
        os.remove('log')
    if k == start + 2:
        print('writing')
`;

function untilWriting(board: ChildProcess): Promise<void> {
  let seen = '';
  return new Promise((resolve, reject) => {
    board.stdout?.on('data', (chunk: Buffer) => {
      seen += String(chunk);
      if (seen.includes('writing')) resolve();
    });
    board.once('exit', () => reject(new Error(`the board ended early: ${seen}`)));
  });
}

const text = (name: string) =>
  existsSync(join(files, name)) ? readFileSync(join(files, name), 'latin1') : '';
/** The number that `content` repeats; 0 for nothing, undefined for a mixture. */
function repeated(content: string, times: number): number | undefined {
  if (content === '') return 0;
  return content === content.slice(0, 8).repeat(times) ? Number(content.slice(0, 8)) : undefined;
}

/** @returns the last round that was completed */
function check(): number {
  const done = repeated(text('state'), 200);
  if (done === undefined) throw new Error('a mixture in state');
  const next = text('state.new');
  expect([0, 800, 1600]).toContain(next.length);
  expect([0, done + 1]).toContain(repeated(next, next.length / 8));

  const log = text('log').split('\n');
  expect(log.pop(), 'the log ends with a whole line').toBe('');
  const numbers = log.map((line) => repeated(line, 4) ?? Number.NaN);
  numbers.slice(1).forEach((number, i) => {
    // A round that was killed after this write is done again.
    expect([0, 1]).toContain(number - (numbers[i] ?? Number.NaN));
  });
  if (numbers.length > 0) expect([done, done + 1]).toContain(numbers.at(-1));

  const page = text('page');
  expect([page.length, page.slice(0, 100), page.slice(8100)]).toEqual([
    10_000,
    'x'.repeat(100),
    'x'.repeat(1900),
  ]);
  const written = page.slice(100, 8100);
  const round = written === 'x'.repeat(8000) ? 0 : repeated(written, 1000);
  expect(round, 'one round wrote all of the page').toBeDefined();
  expect(round).toBeLessThanOrEqual(done);
  for (const name of readdirSync(files))
    expect(['log', 'main.py', 'page', 'state', 'state.new']).toContain(name);
  return done;
}

async function killProcess(program: string, runMs: number): Promise<void> {
  const board = spawn(process.execPath, [program, state], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(board, 'exit');
  await untilWriting(board);
  await delay(runMs);
  board.kill('SIGKILL');
  await ended;
}

async function killInterpreter(runMs: number): Promise<void> {
  await using board = new RunningBoard({ files: { folder: files, capacityBytes: 256 * 1024 } });
  await board.until('writing');
  await delay(runMs);
}

test(`killed at ${KILLS} random moments, every file is a prefix of the writes done`, {
  timeout: 180_000,
}, async () => {
  mkdirSync(files);
  writeFileSync(join(files, 'main.py'), MAIN);
  writeFileSync(join(files, 'page'), 'x'.repeat(10_000));
  const random = seededRandom(8266);
  const program = fileURLToPath(new URL('board-program.js', import.meta.url));
  let rounds = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const runMs = random(MAX_RUN_MS);
    await (isProcess(kill) ? killProcess(program, runMs) : killInterpreter(runMs));
    const done = check();
    expect(done).toBeGreaterThanOrEqual(rounds);
    rounds = done;
  }
  // It did write, or nothing was tested.
  expect(rounds).toBeGreaterThan(KILLS);
});
