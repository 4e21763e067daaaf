// An installation that is cut anywhere: the board runs the portal that it had or the new one, never a mixture, and the
// next installation cleans up.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BoardLog,
  checkFirmware,
  flash,
  install,
  type LogEntry,
  openPort,
  type Port,
  PortalError,
} from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMIT_MARK, STAGING_FOLDER } from '../../src/device/commit-program.js';
import { RawRepl } from '../../src/device/raw-repl.js';
import { DISCARD } from '../../src/device/staging.js';
import { CliHome } from '../support/cli.js';
import { seededRandom } from '../support/random.js';
import { tinyPortal } from '../support/tiny-portal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const OLD = tinyPortal(1, 'dropped');
/** Each file is made, written and put into its place: together more than 200 changes. */
const NEW = tinyPortal(2, 'added', 65);
const VERSIONS = { old: '1', new: '2' };

const address = (name: string, option = '') => `virtual:${name}?speed=max&http=0&dns=0${option}`;
const folder = (name: string) => join(home.folder, 'virtual', name);

beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  await using port = await openPort(address('template'));
  await flash(port, { firmware: checkFirmware(port.ownFirmware ?? Buffer.of(), 'own firmware') });
  expect(await install(port, { portal: OLD })).toMatchObject({ ssid: VERSIONS.old });
});

/** A board with the old portal on it. */
function makeBoard(name: string): void {
  if (!existsSync(folder(name))) cpSync(folder('template'), folder(name), { recursive: true });
  rmSync(join(folder(name), 'files'), { recursive: true });
  cpSync(join(folder('template'), 'files'), join(folder(name), 'files'), { recursive: true });
}

/** What a board has outside its staging folder, and in it once a program is there that reads it. */
function contents(name: string): string {
  const files = join(folder(name), 'files');
  const isCommitting = readFileSync(join(files, 'main.py'), 'utf8').startsWith(COMMIT_MARK);
  const hash = createHash('sha256');
  for (const file of readdirSync(files, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(files, file);
    if (file.startsWith(STAGING_FOLDER) && !isCommitting) continue;
    const bytes = statSync(path).isFile() ? readFileSync(path) : '';
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

const isReady = (entry: LogEntry): entry is LogEntry & { event: 'portal.ready' } =>
  entry.event === 'portal.ready';

/** What each state of a board's files leads to when it starts, tried once. */
const seen = new Map<string, Promise<string>>();

/** Starts the board and returns the versions that run; completing a commit on the way is the board's own affair. */
function runsAfter(name: string): Promise<string> {
  const state = contents(name);
  const known = seen.get(state) ?? start(name);
  seen.set(state, known);
  return known;

  async function start(name: string): Promise<string> {
    await using port = await openPort(address(name));
    const ready = await new BoardLog(port).waitFor(isReady, { timeoutMs: 10_000 });
    return ready?.essid ?? 'nothing';
  }
}

/** The next installation leaves just what an undisturbed one leaves. */
async function heals(name: string, portal = NEW): Promise<void> {
  await using port = await openPort(address(name));
  expect(await install(port, { portal })).toMatchObject({ ssid: VERSIONS.new });
  const names = portal.source.map(({ path }) => path);
  expect(readdirSync(join(folder(name), 'files')).sort()).toEqual(
    [...names, 'boot.py', 'portal.manifest'].sort(),
  );
  for (const { path, bytes } of portal.source) {
    expect(readFileSync(join(folder(name), 'files', path)).equals(bytes), path).toBe(true);
  }
}

/** A port whose cable is cut at its n-th message, either way. */
function cutAt(port: Port, message: number): Port {
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= Promise.resolve(port[Symbol.asyncDispose]());
    return closed;
  };
  const counted = counting(port, async (messages) => {
    if (messages < message) return;
    await close();
    throw new PortalError('port-lost', 'cut');
  });
  return { ...counted, [Symbol.asyncDispose]: close };
}

/** A port that tells the number of each message, before it is sent and after it has come. */
function counting(port: Port, onMessage: (messages: number) => Promise<void> | void): Port {
  let messages = 0;
  return {
    name: port.name,
    baudRate: port.baudRate,
    async read(options) {
      const bytes = await port.read(options);
      if (bytes) await onMessage(++messages);
      return bytes;
    },
    async write(bytes) {
      await onMessage(++messages);
      await port.write(bytes);
    },
    unread: (bytes) => port.unread(bytes),
    discardInput: () => port.discardInput(),
    setLines: (lines) => port.setLines(lines),
    setBaudRate: (baudRate) => port.setBaudRate(baudRate),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Does things two at a time: one waits while the other computes. */
async function inPairs(count: number, act: (index: number, lane: string) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (name: string) => {
    while (next < count) await act(next++, name);
  };
  await Promise.all([lane('left'), lane('right')]);
}

describe('the cable is cut', () => {
  test('at every message of the exchange', { timeout: 240_000 }, async () => {
    // A portal that fits a few blocks: each kind of message is there, and all of them are tried.
    const portal = tinyPortal(2, 'added');
    const results = new Set<string>();
    let committed = 0;
    let message = 1;
    let isOver = false;
    await inPairs(1000, async (_index, lane) => {
      if (isOver) return;
      const cut = message++;
      makeBoard(lane);
      const port = cutAt(await openPort(address(lane)), cut);
      const done = await install(port, { portal }).then(
        () => true,
        (error) => error.code,
      );
      await port[Symbol.asyncDispose]();
      if (done === true) {
        isOver = true;
        return;
      }
      expect(done).toBe('port-lost');
      const runs = await runsAfter(lane);
      results.add(runs);
      if (runs === VERSIONS.new) committed += 1;
      expect(Object.values(VERSIONS), `after message ${cut}`).toContain(runs);
      if (cut % 10 === 0) await heals(lane, portal);
    });
    expect([...results].sort()).toEqual(Object.values(VERSIONS));
    expect(message).toBeGreaterThan(50);
    expect(committed).toBeGreaterThan(0);
  });
});

describe('Ctrl-C', () => {
  const portal = tinyPortal(2, 'added');
  /** What the message says of the board, by what runs on it then. */
  const SAYS = {
    [VERSIONS.old]: /No file on the board was changed|never a mixture/,
    [VERSIONS.new]: /never a mixture|The new files are in place/,
  };

  /** @returns how many messages there were, and what runs; the board has had power all the time */
  async function interruptAt(name: string, message: number): Promise<{ messages: number; runs?: string }> {
    makeBoard(name);
    const ctrlC = new AbortController();
    let messages = 0;
    await using port = await openPort(address(name));
    const counted = counting(port, (number) => {
      messages = number;
      if (number === message) ctrlC.abort(new PortalError('interrupted', 'install was interrupted.'));
    });
    const ended = await install(counted, { portal, signal: ctrlC.signal }).catch((error) => error);
    if (!(ended instanceof Error)) return { messages };
    const ready = await new BoardLog(port).waitFor(isReady, { timeoutMs: 10_000 });
    const runs = ready?.essid ?? 'nothing';
    expect(Object.values(VERSIONS), `after message ${message}`).toContain(runs);
    expect(ended.message).toMatch(SAYS[runs] ?? 'known');
    return { messages, runs };
  }

  test('while it gets in, uploads and commits: the old portal or the new one runs, as it says', {
    timeout: 60_000,
  }, async () => {
    const { messages: total } = await interruptAt('left', Number.POSITIVE_INFINITY);
    // While it gets in, while it uploads, and around the commit.
    const chosen = [1, 8, 14, Math.round(total / 2), ...[8, 6, 5, 3].map((fromEnd) => total - fromEnd)];
    const results = new Set<string | undefined>();
    await inPairs(chosen.length, async (index, lane) => {
      results.add((await interruptAt(lane, chosen[index] ?? 0)).runs);
    });
    expect([...results]).toEqual(expect.arrayContaining(Object.values(VERSIONS)));
  });

  test('does not clear away what a commit that has begun still needs', async () => {
    const before = await lastOldChange();
    makeBoard('left');
    await cutPowerAt('left', before + 3);
    const boot = join(folder('left'), 'files', 'boot.py');
    const usual = readFileSync(boot);
    writeFileSync(boot, '1/0\n'); // so that main.py, which would complete it, does not run
    {
      await using port = await openPort(address('left'));
      const repl = await RawRepl.enter(port);
      await repl.exec(DISCARD);
    }
    writeFileSync(boot, usual);
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
    await inPairs(chosen.length, async (index, lane) => {
      const change = chosen[index] ?? 0;
      makeBoard(lane);
      const interrupted = await cutPowerAt(lane, change);
      expect(interrupted, `change ${change} of ${total}`).toBe(true);
      const runs = await runsAfter(lane);
      results.add(runs);
      expect(Object.values(VERSIONS), `after change ${change}`).toContain(runs);
      if (index % 20 === 0) await heals(lane);
    });
    expect([...results].sort()).toEqual(Object.values(VERSIONS));
  });

  test('at each step in which a board completes a commit by itself', { timeout: 120_000 }, async () => {
    const before = await lastOldChange();
    makeBoard('left');
    await cutPowerAt('left', before + 1);

    let completions = 0;
    for (let ready: LogEntry | undefined; !ready; completions++) {
      expect(completions).toBeLessThan(60);
      // One step more each time, so that it is cut after none, after one, after two, …
      const port = await openPort(address('left', `&powercut=${completions + 1}`));
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
  makeBoard('left');
  await cutPowerAt('left', before + 3);
  writeFileSync(join(folder('left'), 'files', 'boot.py'), '1/0\n');
  await using port = await openPort(address('left'));
  await expect(install(port, { portal: NEW })).rejects.toMatchObject({ code: 'board-boot-error' });
  expect(existsSync(join(folder('left'), 'files', STAGING_FOLDER))).toBe(false);
  for (const { path, bytes } of NEW.source) {
    expect(readFileSync(join(folder('left'), 'files', path)).equals(bytes), path).toBe(true);
  }
});

/** @returns whether the power failed before the installation was done */
async function cutPowerAt(name: string, change: number): Promise<boolean> {
  const port = await openPort(address(name, `&powercut=${change}`));
  try {
    await install(port, { portal: NEW });
    return false;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return true;
  } finally {
    await port[Symbol.asyncDispose]();
  }
}

/** The last change of an installation after which the board still runs the old portal, looked for once. */
function lastOldChange(): Promise<number> {
  lastOld ??= lastChange(() => contents('count') === contents('template'));
  return lastOld;
}
let lastOld: Promise<number> | undefined;

/** The last change of an installation at which the power fails, and this holds; found by halving. */
async function lastChange(holds: () => boolean): Promise<number> {
  let [least, most] = [1, 1000];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    makeBoard('count');
    if ((await cutPowerAt('count', middle)) && holds()) least = middle;
    else most = middle - 1;
  }
  return least;
}
