// What a board says of its files while it is read, true or not: it changes them, and some boards lie.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { listAllFiles, readLargeFile } from '../../../src/micropython/board-files.js';
import { RawRepl } from '../../../src/micropython/raw-repl.js';
import { seededBytes } from '../../support/random.js';
import { ScriptedBoard } from '../../support/scripted-board.js';

const NO_FILE = '\x04Traceback (most recent call last):\r\nOSError: [Errno 2] ENOENT\r\n';

interface Answers {
  /** The file as it is when the board runs its n-th program; `undefined` where there is none. */
  readonly content?: (program: number) => Uint8Array | undefined;
  /** What it sends instead of a part of the file. */
  readonly part?: string;
  /** Without 0x04 it does not end. */
  readonly listing?: string;
}

/** A board with one file; it recognises a program by the functions that this calls. */
async function boardWith({ content = () => Buffer.of(), part, listing = '\x04' }: Answers) {
  let programs = 0;
  const board: ScriptedBoard = new ScriptedBoard(
    (code) => {
      if (code.includes('ilistdir')) {
        if (listing.endsWith('\x04')) return listing;
        queueMicrotask(() => board.port.send(listing)); // behind the acknowledgement
        return undefined;
      }
      const start = /\.seek\((\d+)\)/.exec(code)?.[1];
      const isHash = code.includes('sha256');
      if (start === undefined && !isHash) return '\x04';
      const bytes = content(++programs);
      if (!bytes) return NO_FILE;
      if (isHash) return `${createHash('sha256').update(bytes).digest('base64')}\r\n${bytes.length}\r\n\x04`;
      if (part !== undefined) return `${part}\x04`;
      const piece = Buffer.from(bytes.subarray(Number(start), Number(start) + 510 * 32));
      return `${piece.toString('base64')}\r\n\x04`;
    },
    'R\x01',
    2048,
  );
  return { repl: await RawRepl.enter(board.port), programs: () => programs };
}

const old = seededBytes(1, 40_000);
const file = { path: 'data/log.txt', sizeBytes: old.length };

test.each([
  ['other bytes', seededBytes(2, 40_000)],
  ['more bytes', seededBytes(3, 41_000)],
  ['fewer bytes', seededBytes(4, 100)],
])('a file that gets %s while it is read is read again', async (_what, later) => {
  const { repl } = await boardWith({ content: (program) => (program < 3 ? old : later) });
  expect(Buffer.from(await readLargeFile(repl, file)).equals(later)).toBe(true);
});

test('a file that changes all the time ends in an error with a way that works', async () => {
  const { repl, programs } = await boardWith({ content: (program) => seededBytes(program, 40_000) });
  await expect(readLargeFile(repl, file)).rejects.toMatchObject({
    code: 'transfer-failed',
    message: 'data/log.txt changed each of the 3 times that it was read.',
    next: expect.stringContaining('esp-portal files get PATH --from-flash --port PORT'),
  });
  expect(programs()).toBe(3 * 4);
});

test('a file that is removed while it is read is named', async () => {
  const { repl } = await boardWith({ content: (program) => (program < 3 ? old : undefined) });
  await expect(readLargeFile(repl, file)).rejects.toMatchObject({
    code: 'board-no-file',
    message: 'data/log.txt was removed from the board while it was read.',
  });
});

test('a board that sends more than it was asked for is stopped at the first part', async () => {
  const { repl, programs } = await boardWith({
    part: Buffer.from(seededBytes(1, 60_000)).toString('base64'),
  });
  await expect(readLargeFile(repl, { ...file, sizeBytes: 2 ** 40 })).rejects.toMatchObject({
    code: 'transfer-failed',
  });
  expect(programs()).toBeLessThanOrEqual(1);
});

test('no file is read that is larger than a board has room for', async () => {
  const { repl, programs } = await boardWith({ content: () => seededBytes(1, 510 * 32) });
  await expect(readLargeFile(repl, { ...file, sizeBytes: 33 * 1024 * 1024 })).rejects.toMatchObject({
    code: 'transfer-failed',
    message: expect.stringContaining('32 MB'),
  });
  expect(programs()).toBe(0);
});

test.each(['1e999', '-2', '0.5', '"1"', '9007199254740993'])(
  'a listing with the size %s is refused',
  async (size) => {
    const { repl } = await boardWith({ listing: `["a",${size}]\r\n\x04` });
    await expect(listAllFiles(repl)).rejects.toMatchObject({ code: 'transfer-failed' });
  },
);

test('10,000 files are listed; a listing that never ends is refused', async () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index) => `["folder/file-${index}",${index}]\r\n`).join('');
  const { repl } = await boardWith({ listing: `${lines(10_000)}\x04` });
  expect(await listAllFiles(repl)).toHaveLength(10_000);
  const endless = await boardWith({ listing: lines(60_000) });
  await expect(listAllFiles(endless.repl)).rejects.toMatchObject({
    code: 'transfer-failed',
    message: expect.stringContaining('and still no end of its answer'),
  });
});
