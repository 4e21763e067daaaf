// The factory with virtual boards, of which some have what boards on a bench have. The test says which are plugged in.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type FactoryEvent, factory, loadPlan, openPort } from 'esp-portal';
import { virtualBoard } from 'esp-portal/virtual-board';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { planFolder, recordOf } from '../support/factory-plan.js';
import { seededRandom } from '../support/random.js';
import { serveBoard } from '../support/served-board.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** A bench on which boards are plugged in. */
class Bench {
  /** Faults of the boards while they are plugged in, by their addresses. */
  readonly #plugged = new Map<string, string>();
  readonly #end = new AbortController();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    onTestFinished(() => this.#end.abort());
  }

  plug(board: string, faults = ''): void {
    this.#plugged.set(board, faults);
  }

  unplug(board: string): void {
    this.#plugged.delete(board);
  }

  /** Works until the test has seen enough. */
  async work(onEvent: (event: FactoryEvent) => void, isOver: () => boolean) {
    return factory({
      plan: await loadPlan(join(this.#folder, 'factory.json')),
      listPlaces: async () => [...this.#plugged.keys()].map((address) => ({ address, place: address })),
      openPort: (address, signal) => openPort(`${address}${this.#plugged.get(address) ?? ''}`, { signal }),
      staggerMs: 0,
      tool: 'esp-portal 1.2.3',
      signal: this.#end.signal,
      onEvent: (event) => {
        onEvent(event);
        if (isOver()) this.#end.abort();
      },
    });
  }
}

/** The board's own file, past all that reports on it. */
const deviceFile = (name: string) => JSON.parse(readFileSync(home.boardFile(name, 'device.json'), 'utf8'));

test('makes five of eight boards and gives the reasons for the other three', async () => {
  const test = { until: 'portal.ready', failOn: '/ESP-ROM:esp32s2/', timeoutS: 30 };
  const folder = planFolder(join(home.folder, 'eight'), 7, { test });
  const bench = new Bench(folder);
  const good = ['good-1', 'good-2', 'good-3'];
  for (const name of good) bench.plug(board(name));
  const locked = board('locked', '&chip=esp32');
  const worn = board('worn');
  const unplugged = board('unplugged');
  const brownOut = board('brown-out', '&chip=esp32');
  const unfit = board('unfit', '&chip=esp32s2');
  bench.plug(locked, '&fuses=flash-encryption');
  bench.plug(worn, '&flash-fault=0x4000');
  bench.plug(unplugged, '&unplug=30000');
  bench.plug(brownOut, '&supply=weak');
  bench.plug(unfit);

  const ended = new Set<string>();
  const result = await bench.work(
    (event) => {
      if (event.event === 'factory.free') bench.plug(event.board); // at another hub
      if (event.event === 'factory.lost') bench.unplug(event.board);
      if (event.event !== 'factory.done' && event.event !== 'factory.failed') return;
      if (event.board === brownOut && event.event === 'factory.failed') bench.unplug(brownOut);
      else ended.add(event.board);
    },
    () => ended.size === 8,
  );

  expect(result).toMatchObject({ made: 5, checked: 0, unfinished: 0, isComplete: false });
  const reasons = result.failed.map(({ board, error }) => [board, error.code]);
  expect(Object.fromEntries(reasons)).toEqual({
    [brownOut]: 'board-restarts', // until it was at another hub
    [locked]: 'board-locked',
    [unfit]: 'board-error',
    [worn]: 'flash-mismatch',
  });

  const lines = recordOf(folder);
  const started = lines.filter(({ event }) => event === 'started');
  const made = lines.filter(({ event }) => event === 'made');
  const serials = Array.from({ length: 7 }, (_, index) => `L-${index + 1}`);
  expect(started.map(({ serial }) => serial).sort()).toEqual(serials);
  expect(new Set(started.map(({ mac }) => mac)).size).toBe(7); // the locked one has no row
  expect(made).toHaveLength(5);
  for (const name of [...good, 'unplugged', 'brown-out']) {
    const { serial, mac, token } = deviceFile(name);
    const row = Number(serial.slice(2));
    expect(token).toBe(`token ${row}`);
    const [line] = made.filter((each) => each.mac === mac);
    expect(line, name).toMatchObject({ serial, row, test: 'portal.ready', essid: `Lamp ${serial}` });
    const label = readFileSync(join(folder, 'made-labels', `000${row}-${serial}.svg`), 'utf8');
    expect(label).toBe(`<svg><text>${serial} ${mac} ${line?.password}</text></svg>`);
  }
  expect(readdirSync(join(folder, 'made-labels'))).toHaveLength(5);
  const failed = lines.filter(({ event }) => event === 'failed');
  expect(failed.map(({ code, attempts }) => `${code} ${attempts}`).sort()).toEqual([
    'board-error 3',
    'board-restarts 3',
    'flash-mismatch 1',
  ]);
});

test('a station that goes away is waited for, and its board is not made a second time', async () => {
  const folder = planFolder(join(home.folder, 'station'), 2, { label: undefined, firmware: 'firmware.bin' });
  writeFileSync(join(folder, 'firmware.bin'), virtualBoard(board('station')).ownFirmware);
  const station = await serveBoard(board('station'));
  const bench = new Bench(folder);
  bench.plug(station.url);
  const seen: string[] = [];
  const result = await bench.work(
    (event) => {
      if (event.event.startsWith('factory.')) seen.push(event.event);
      if (event.event === 'factory.done') void station[Symbol.asyncDispose]();
    },
    () => seen.includes('factory.waiting'),
  );
  expect(seen).toEqual(['factory.found', 'factory.row', 'factory.done', 'factory.free', 'factory.waiting']);
  expect(result).toMatchObject({ made: 1, failed: [], unfinished: 0 });
});

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));

test('a process that is killed at random moments uses each row once, and its boards go on', async () => {
  const folder = planFolder(join(home.folder, 'killed'), 4, { firmware: 'firmware.bin' });
  const names = ['killed-1', 'killed-2'] as const;
  writeFileSync(join(folder, 'firmware.bin'), virtualBoard(board(names[0])).ownFirmware);
  // They stay powered, as on a bench.
  await using one = await serveBoard(board(names[0]));
  await using other = await serveBoard(board(names[1]));
  const ports = `${one.url},${other.url}`;
  const random = seededRandom(7);
  /** @returns whether it ended by itself */
  const run = async (linesUntilKill: number): Promise<boolean> => {
    const args = [BIN, 'factory', '--once', '--json', '--ports', ports];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    let lines = 0;
    createInterface(child.stdout).on('line', () => {
      if (++lines === linesUntilKill) child.kill('SIGKILL');
    });
    const [exitCode] = await once(child, 'close');
    return exitCode === 0;
  };
  for (const most of [30, 60, 90]) await run(1 + random(most));
  expect(await run(Number.POSITIVE_INFINITY)).toBe(true);

  const lines = recordOf(folder);
  const started = lines.filter(({ event }) => event === 'started');
  expect(started.map(({ row }) => row)).toEqual([1, 2]);
  expect(new Set(started.map(({ mac }) => mac)).size).toBe(2);
  for (const { mac, serial } of started) {
    expect(names.map(deviceFile)).toContainEqual(expect.objectContaining({ mac, serial }));
    expect(lines.filter((line) => line.mac === mac && line.event === 'made')).toHaveLength(1);
  }
});
