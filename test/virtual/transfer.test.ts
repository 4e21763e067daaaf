// The transfer over a line that loses and damages bytes, with the receiver in real MicroPython.

import { readFileSync, writeFileSync } from 'node:fs';
import { install, openPort, type Port } from 'esp-portal';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shortName } from '../../scripts/board-scripts.js';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { receiveProgram, receiverProgram } from '../../src/micropython/receiver.js';
import { applyPlan } from '../../src/operations/install/apply-plan.js';
import { probeBoard, readBoardFacts } from '../../src/operations/install/probe-board.js';
import { DISCARD, stage } from '../../src/operations/install/staging.js';
import { ByteReader } from '../../src/port/byte-reader.js';
import { neededFiles, readPortalBundle } from '../../src/portal/bundle.js';
import { type CommitPlan, commitProgram, STAGING_FOLDER } from '../../src/portal/commit-program.js';
import { CliHome } from '../support/cli.js';
import { seededBytes, seededRandom } from '../support/random.js';

const home = new CliHome();
let board: Port;
beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  home.makeBoard('line', 'micropython');
  board = await openPort('virtual:line?speed=max&http=0&dns=0');
});
afterAll(async () => {
  await board[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});
beforeEach(() => {
  line.sent = line.taken = line.mostUnderWay = 0;
  line.up = line.down = (bytes) => bytes;
});

/** The line between the two: what it does to bytes, and how many were under way. */
const line = {
  up: (bytes: Uint8Array): Uint8Array => bytes,
  down: (bytes: Uint8Array): Uint8Array => bytes,
  sent: 0,
  taken: 0,
  mostUnderWay: 0,
};

const port: Port = {
  get name() {
    return board.name;
  },
  get baudRate() {
    return board.baudRate;
  },
  hasLines: true,
  roundTripMs: 0,
  usb: undefined,
  async read(options) {
    const bytes = await ByteReader.of(board).read(options);
    return bytes && line.down(bytes);
  },
  write: (bytes) => board.write(line.up(bytes)),
  setLines: (lines) => board.setLines(lines),
  setBaudRate: (baudRate) => board.setBaudRate(baudRate),
  [Symbol.asyncDispose]: async () => {},
};

/** Pieces of blocks, told from code by their size; SYNC and what fills a block are not. */
const isPiece = (bytes: Uint8Array) => bytes.length > 3 && bytes.length <= 63;

const FILES = [seededBytes(1, 3000), Buffer.alloc(0), Buffer.from('text '.repeat(900)), seededBytes(2, 700)];

async function session() {
  const repl = await RawRepl.enter(board);
  const facts = await readBoardFacts(repl, await probeBoard(repl), []);
  if (facts.hasStaged) await repl.exec(DISCARD);
  return { repl, facts };
}

async function stageAll(files: readonly Uint8Array[] = FILES) {
  const { repl, facts } = await session();
  await using _repl = repl;
  // Only the blocks go over the bad line: what is tried here is the transfer.
  const damaged = new Proxy(repl, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'execWithInput') return typeof value === 'function' ? value.bind(target) : value;
      const execWithInput: RawRepl['execWithInput'] = (code, talk, options) =>
        target.execWithInput(
          code,
          async (reader) => {
            const damagedReader = ByteReader.of(port);
            await talk(damagedReader);
            reader.unread((await damagedReader.read({ timeoutMs: 0 })) ?? Buffer.of());
          },
          options,
        );
      return execWithInput;
    },
  });
  return await stage(damaged, facts, files, { onBytes: () => {} });
}

function staged(index: number): Buffer {
  return readFileSync(home.boardFile('line', `portal.new/${index}`));
}

function expectStaged(files: readonly Uint8Array[] = FILES): void {
  for (const [index, bytes] of files.entries())
    expect(staged(index).equals(bytes), `file ${index}`).toBe(true);
}

test('files of every kind arrive, an empty one and one that cannot be compressed among them', async () => {
  expect(await stageAll()).toMatchObject({ method: 'deflate' });
  expectStaged();
  const incompressible = [seededBytes(3, 20_000)];
  await stageAll(incompressible);
  expectStaged(incompressible);
});

test('no more than 255 bytes are under way that the board has not acknowledged', async () => {
  line.taken = -63; // the receiver is ready
  line.up = (bytes) => {
    line.sent += bytes.length;
    line.mostUnderWay = Math.max(line.mostUnderWay, line.sent - line.taken);
    return bytes;
  };
  line.down = (bytes) => {
    line.taken += 63 * bytes.filter((byte) => byte >= 0x80).length;
    return bytes;
  };
  await stageAll([seededBytes(4, 5000)]);
  expect(line.mostUnderWay).toBeGreaterThan(189); // and the line was kept busy
  expect(line.mostUnderWay).toBeLessThanOrEqual(255);
});

describe.each([1, 2])('with seed %i', (seed) => {
  test('damaged bytes are noticed, and their blocks sent again', async () => {
    const random = seededRandom(seed);
    let damaged = 0;
    line.up = (bytes) => {
      if (!isPiece(bytes) || random(12) > 0) return bytes;
      damaged += 1;
      const copy = Uint8Array.from(bytes);
      const at = random(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
      return copy;
    };
    await stageAll();
    expect(damaged).toBeGreaterThan(1);
    expectStaged();
  });

  test('lost bytes are noticed, and their blocks sent again', { timeout: 60_000 }, async () => {
    const random = seededRandom(seed);
    let lost = 0;
    line.up = (bytes) => {
      if (!isPiece(bytes) || random(20) > 0 || lost > 2) return bytes;
      lost += 1;
      return bytes.subarray(0, -1 - random(3));
    };
    await stageAll();
    expect(lost).toBeGreaterThan(0);
    expectStaged();
  });

  test('lost acknowledgements cost time and nothing else', { timeout: 60_000 }, async () => {
    const random = seededRandom(seed);
    let lost = 0;
    // Byte by byte: how many come in one read depends on how busy the computer is.
    const isLost = (byte: number) => byte > 0x80 && lost < 3 && random(10) === 0;
    line.down = (bytes) =>
      bytes.filter((byte) => {
        if (!isLost(byte)) return true;
        lost += 1;
        return false;
      });
    await stageAll();
    expect(lost).toBeGreaterThan(0);
    expectStaged();
  });
});

test('reports a line that damages all data, and leaves the board at its prompt', async () => {
  line.up = (bytes) => (isPiece(bytes) ? bytes.map((byte) => byte ^ 0xff) : bytes);
  await expect(stageAll()).rejects.toMatchObject({ code: 'transfer-failed' });
  await using repl = await RawRepl.enter(board);
  expect(await repl.exec('print(1)')).toBe('1\r\n');
});

test('reports why a board fails half-way, and leaves it at its prompt', async () => {
  home.makeBoard('small', 'micropython');
  await using full = await openPort('virtual:small?speed=max&http=0&dns=0&files=24K');
  await using repl = await RawRepl.enter(full);
  const facts = await readBoardFacts(repl, await probeBoard(repl), []);
  const files = [seededBytes(5, 30_000)];
  await expect(stage(repl, facts, files, { onBytes: () => {} })).rejects.toMatchObject({
    code: 'board-no-space',
  });
  expect(await repl.exec('print(2)')).toBe('2\r\n');
});

test('a board without its host restarts', { timeout: 30_000 }, async () => {
  const { repl, facts } = await session();
  // It waits for 3000 bytes that are never sent: as when the tool is killed.
  await new Promise<void>((ready) => {
    const code = receiverCall(facts.platform, 3000);
    const waitForEver = () => {
      ready();
      return new Promise<never>(() => {});
    };
    void repl.execWithInput(code, waitForEver).catch(() => {});
  });
  let seen = '';
  while (!seen.includes('>>> ')) {
    const bytes = await ByteReader.of(board).read({ timeoutMs: 20_000 });
    if (!bytes) throw new Error(`no restart after ${JSON.stringify(seen)}`);
    seen += Buffer.from(bytes).toString('latin1');
  }
});

function receiverCall(platform: string, bytes: number): string {
  const receiver = receiverProgram(platform, 'deflate', STAGING_FOLDER);
  return `${receiver}\n${shortName('os')}.mkdir('${STAGING_FOLDER}')\n${receiveProgram(bytes, 0, [bytes])}`;
}

/** What holds a flash that is full, or damaged, when the commit begins. */
const FAILING_RENAME = `
import os, sys
def _rename(a, b):
    raise OSError(28)
class _Os:
    listdir = staticmethod(os.listdir)
    mkdir = staticmethod(os.mkdir)
    remove = staticmethod(os.remove)
    rename = staticmethod(_rename)
    rmdir = staticmethod(os.rmdir)
    stat = staticmethod(os.stat)
    statvfs = staticmethod(os.statvfs)
    ilistdir = staticmethod(os.ilistdir)
sys.modules['uos'] = ${shortName('os')} = _Os
`;

const OLD_MAIN = "print('the old one')\n";
const COMMIT: CommitPlan = { paths: ['main.py'], kept: new Map(), removed: [], main: 0 };
const COMMITTED = [
  { path: 'main.py', bytes: Buffer.from("print('the new one')\n") },
  { path: 'commit program', bytes: Buffer.from(commitProgram(COMMIT)) },
];
const APPLY = { signal: undefined, onBytes: () => {}, onCommit: () => {} };

test('a failed rename at the commit keeps main.py and reports free and needed space', async () => {
  writeFileSync(home.boardFile('line', 'main.py'), OLD_MAIN);
  const { repl, facts } = await session();
  await repl.exec(FAILING_RENAME);
  await expect(applyPlan(repl, facts, COMMITTED, COMMIT, APPLY)).rejects.toMatchObject({
    code: 'board-no-space',
    message: expect.stringMatching(/OSError: 28\..* [\d.]+ KB are free, and this needs [\d.]+ KB\./),
  });
  expect(readFileSync(home.boardFile('line', 'main.py'), 'utf8')).toBe(OLD_MAIN);
});

test('the commit program itself removes nothing when a rename fails', async () => {
  writeFileSync(home.boardFile('line', 'main.py'), OLD_MAIN);
  const { repl, facts } = await session();
  await stage(repl, facts, [Buffer.from('new'), Buffer.from(commitProgram(COMMIT))], { onBytes: () => {} });
  await repl.exec(`${FAILING_RENAME}open('${STAGING_FOLDER}/m','w').close()`);
  const run = repl.exec(`exec(open('${STAGING_FOLDER}/1').read())`);
  await expect(run).rejects.toMatchObject({ code: 'board-no-space' });
  await repl.abortAndReset(DISCARD);
  expect(readFileSync(home.boardFile('line', 'main.py'), 'utf8')).toBe(OLD_MAIN);
});

test('a board that runs out of memory reports how much it has', async () => {
  const { repl, facts } = await session();
  const failing = new Proxy(repl, {
    get(target, name) {
      if (name === 'execWithInput') return () => target.exec("raise MemoryError('memory allocation failed')");
      const member = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  await expect(applyPlan(failing, facts, COMMITTED, COMMIT, APPLY)).rejects.toMatchObject({
    code: 'board-no-memory',
    message: expect.stringMatching(/MemoryError.* \d{4,} bytes of memory are free.*6000 are needed/),
  });
});

test('a board without binary input gets a whole portal as text', async () => {
  {
    await using repl = await RawRepl.enter(board);
    await repl.exec('import builtins\nbuiltins.hasattr=lambda o,n:False');
  }
  const result = await install(board, { main: 'replace' });
  expect(result).toMatchObject({ state: 'portal' });
  expect(result.sentBytes).toBeGreaterThan(result.bytes); // nothing was compressed
  const bundle = await readPortalBundle();
  for (const { path, bytes } of neededFiles(bundle[result.form], new Map())) {
    expect(readFileSync(home.boardFile('line', path)).equals(bytes), path).toBe(true);
  }
});
