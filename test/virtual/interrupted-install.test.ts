// Ctrl-C while install is at work: the board runs the portal that it had or the new one, and the message says so.

import { install, openPort, PortalError } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { atPoint, CutBoards, type Point } from '../support/cut-boards.js';
import { OutputSinceWrite } from '../support/port-wrappers.js';
import { tinyPortal } from '../support/tiny-portal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const boards = new CutBoards(home.folder);

const [OLD, NEW] = ['1', '2'];
const portal = tinyPortal(2, 'added', 5);
/** What the message says of the board, by what runs on it then. */
const SAYS: Readonly<Record<string, RegExp>> = {
  [OLD]: /No file on the board was changed|never a mixture/,
  [NEW]: /never a mixture|The new files are in place/,
};
const READY = /Captive portal ready: join WiFi '(\d+)'/;

beforeAll(() => boards.makeTemplate((port) => install(port, { portal: tinyPortal(1, 'dropped') })));

/** @returns what runs; the board has had power all the time */
async function interruptAt(point: Point): Promise<string> {
  boards.make('board');
  const ctrlC = new AbortController();
  await using port = await openPort(boards.address('board'));
  // All that comes since the last write: install may have read already that the board runs.
  const heard = new OutputSinceWrite(port);
  const interrupted = atPoint(heard, point, () => {
    ctrlC.abort(new PortalError('interrupted', 'install was interrupted.'));
  });
  const { onProgress } = interrupted;
  const ended = await install(interrupted.port, { portal, signal: ctrlC.signal, onProgress }).catch(
    (error) => error,
  );
  if (point === 'in-place' && !(ended instanceof Error)) return NEW; // a busy computer read all of it at once
  expect(ended, JSON.stringify(point)).toMatchObject({ code: 'interrupted' });
  const runs = (await heard.matching(READY))[1] ?? '';
  expect(Object.keys(SAYS), JSON.stringify(point)).toContain(runs);
  expect(ended.message).toMatch(SAYS[runs] ?? 'known');
  return runs;
}

test('while it enters, uploads and commits: the old portal or the new one runs, as reported', async () => {
  const points: Point[] = [
    ...[1, 14].map((write) => ({ since: 'begin', write }) as const),
    { since: 'upload', write: 4 },
    ...[1, 2].map((write) => ({ since: 'uploaded', write }) as const),
    { since: 'uploaded', answer: 1 },
    'in-place',
  ];
  const results = new Set<string>();
  for (const point of points) results.add(await interruptAt(point));
  expect([...results].sort()).toEqual([OLD, NEW]);
});
