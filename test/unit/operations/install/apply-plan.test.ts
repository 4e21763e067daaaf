// From staged to committed, and what a board is left as that fails on the way. The board takes its files as text, so that
// all that is sent can be read here.

import { createHash } from 'node:crypto';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { PortalError } from '../../../../src/errors.js';
import { BoardSession } from '../../../../src/micropython/board-session.js';
import { RawRepl } from '../../../../src/micropython/raw-repl.js';
import {
  applyPlan,
  checkRoom,
  recoverInterruptedInstall,
  workUndisturbed,
} from '../../../../src/operations/install/apply-plan.js';
import { COMMIT_DONE, type CommitPlan, commitProgram } from '../../../../src/portal/commit-program.js';
import { boardFacts } from '../../../support/board-facts.js';
import { ScriptedBoard } from '../../../support/scripted-board.js';

const FACTS = boardFacts({ version: '1.12.0', mpy: 5, inflater: 'uzlib', takesBinary: false });
const COMMIT: CommitPlan = { paths: ['main.py'], kept: new Map(), removed: [], main: 0 };
const FILES = [
  { path: 'main.py', bytes: Buffer.from('print(1)\n'.repeat(100)) },
  { path: 'commit program', bytes: Buffer.from(commitProgram(COMMIT)) },
];
const DIGEST = createHash('sha256')
  .update(Buffer.concat(FILES.map(({ bytes }) => bytes)))
  .digest('base64');

/** What the board was told, in order, with what this computer noted in between. */
let told: string[];
beforeEach(() => {
  told = [];
});

type Answer = (code: string) => string | undefined;

/** What the board answers; `undefined`: it has nothing to say. */
async function apply(
  answer: Answer,
  { signal, onBytes = () => {} }: { signal?: AbortSignal; onBytes?: () => void } = {},
) {
  const board = new ScriptedBoard(
    (code) => {
      told.push(code);
      return answer(code) ?? '\x04';
    },
    'R\x01',
    128,
  );
  const repl = await RawRepl.enter(board.port, signal);
  const onCommit = () => told.push('on commit');
  const applied = await applyPlan(repl, FACTS, FILES, COMMIT, { signal, onBytes, onCommit }).catch(
    (error: unknown) => error,
  );
  return { applied, written: board.port.written.toString('latin1') };
}

// Names of variables are the build's.
const reads = (code: string) => code.includes('.b2a_base64(') && code.includes('portal.new/%d');
const commits = (code: string) => code.endsWith("'main.py')\nexec(open('main.py').read())");
const good: Answer = (code) => {
  if (reads(code)) return `${DIGEST}\r\n\x04`;
  return commits(code) ? COMMIT_DONE : undefined;
};

/** The board has cleared away what was staged, and has restarted without a commit. */
function expectLeftAsItWas(written: string): void {
  expect(told).not.toContain('on commit');
  expect(told.some(commits)).toBe(false);
  const last = written.slice(written.lastIndexOf('\x01try:'));
  expect(last).toMatch(/\.rmdir\(\\'portal\.new\\'\)[\s\S]*machine\.reset\(\)/);
  expect(last.at(-1)).toBe('\x04');
}

test('stages all files, reads them back, and commits as the last it does', async () => {
  const { applied } = await apply(good);
  expect(applied).toMatchObject({ method: 'text' });
  const [begin, ...rest] = told;
  expect(begin).toContain("mkdir('portal.new')");
  expect(
    rest.map((code) => [reads(code), code === 'on commit', commits(code)].indexOf(true)).slice(-3),
  ).toEqual([0, 1, 2]);
  expect(rest.filter((code) => /^\w+=open\(/.test(code))).toHaveLength(FILES.length);
});

test('a commit may take minutes, as long as the board shows progress', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const board = new ScriptedBoard(
    (code) => (commits(code) ? undefined : (good(code) ?? '\x04')),
    'R\x01',
    128,
  );
  const slowly = () => {
    for (const afterMs of [50_000, 100_000, 150_000]) setTimeout(() => board.port.send('\x06'), afterMs);
    setTimeout(() => board.port.send(COMMIT_DONE), 200_000);
  };
  const install = async () =>
    applyPlan(await RawRepl.enter(board.port), FACTS, FILES, COMMIT, {
      signal: undefined,
      onBytes: () => {},
      onCommit: slowly,
    });
  const installing = install();
  installing.catch(() => {});
  await vi.advanceTimersByTimeAsync(300_000);
  expect(await installing).toMatchObject({ method: 'text' });
});

test('a board that sends nothing after a failed transfer: the failed transfer is the error', async () => {
  const board = new ScriptedBoard(() => '\x04', 'R\x01');
  const session = new BoardSession(board.port, { leaves: 'Nothing was changed.' });
  await session.enter();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const damaged = new PortalError('transfer-failed', 'Damaged on the way.');
  const probe = { ...FACTS, contentHash: '', hasManifest: false, hasHashes: false };
  const working = workUndisturbed(
    session,
    probe,
    () => {},
    async () => {
      board.port.send = () => {};
      throw damaged;
    },
  );
  const error = working.catch((thrown: unknown) => thrown);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(await error).toBe(damaged);
});

test('files that differ on the board are not committed, and cleared away', async () => {
  const { applied, written } = await apply((code) => (reads(code) ? `${'0'.repeat(64)}\r\n\x04` : undefined));
  expect(applied).toMatchObject({ code: 'transfer-failed' });
  expectLeftAsItWas(written);
});

test('reports a full flash with the bytes that are free and needed', async () => {
  const full = 'Traceback (most recent call last):\r\nOSError: 28\r\n';
  const { applied, written } = await apply((code) => {
    if (/^\w+=\w+\.write\(/.test(code)) return `\x04${full}`;
    if (code.includes('statvfs')) return '2048\r\n\x04';
    return code.includes('ilistdir') ? '[]\r\n\x04' : undefined;
  });
  expect(applied).toMatchObject({
    code: 'board-no-space',
    message: expect.stringContaining('2.0 KB are free, and this needs 24.6 KB.'),
  });
  expectLeftAsItWas(written);
});

test.each([
  [6000, undefined],
  [5999, 'The board has 5999 bytes of memory free and needs 6000 to receive files.'],
])('a board with %i bytes of memory free is checked before the upload', async (freeHeapBytes, message) => {
  const repl = await RawRepl.enter(new ScriptedBoard(() => '\x04', 'R\x01').port);
  const checked = checkRoom(repl, { ...FACTS, freeHeapBytes }, FILES);
  if (message === undefined) await checked;
  else await expect(checked).rejects.toMatchObject({ code: 'board-no-memory', message });
});

test('Ctrl-C while files are sent ends it with the reason', async () => {
  const ctrlC = new AbortController();
  const reason = new Error('interrupted');
  const { applied, written } = await apply(good, {
    signal: ctrlC.signal,
    onBytes: () => ctrlC.abort(reason),
  });
  expect(applied).toBe(reason);
  expectLeftAsItWas(written);
});

test('reports the error of a commit that fails on the board, and removes the staged files', async () => {
  const { applied, written } = await apply((code) =>
    commits(code) ? '\x04Traceback (most recent call last):\r\nOSError: 5\r\n' : good(code),
  );
  expect(applied).toMatchObject({ boardOutput: expect.stringContaining('OSError: 5') });
  expect(told).toContain('on commit');
  expect(written.slice(written.lastIndexOf('\x01try:'))).toContain('portal.new');
});

test('an earlier installation that cannot be completed: the error does not say that no file was changed', async () => {
  const facts = ['esp8266', [1, 12, 0], 5, 30_000, 4096, 100, false, '', 1, 1, '', '', '', ['main.py']];
  const board = new ScriptedBoard(
    (code) =>
      code.endsWith("exec(open('main.py').read())")
        ? '\x04Traceback (most recent call last):\r\nOSError: 5\r\n'
        : `${JSON.stringify(facts)}\r\n\x04`,
    'R\x01',
    128,
  );
  const session = new BoardSession(board.port, { leaves: 'No file on the board was changed.' });
  await session.enter();
  const probe = { ...FACTS, contentHash: '-', hasManifest: false, hasHashes: false };
  const error = await recoverInterruptedInstall(session, probe, []).catch((thrown: unknown) => thrown);
  expect(session.withState(error)).toMatchObject({
    message:
      'The board reports OSError: 5. The board completes an earlier installation; no other file was changed.',
  });
});
