// Ctrl-C while install is at work: the board runs the portal that it had or the new one, and the message says so.

import { BoardLog, install, type LogEntry, openPort, PortalError } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { CutBoards, counting } from '../support/cut-boards.js';
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

beforeAll(() => boards.makeTemplate((port) => install(port, { portal: tinyPortal(1, 'dropped') })));

const isReady = (entry: LogEntry): entry is LogEntry & { event: 'portal.ready' } =>
  entry.event === 'portal.ready';

/**
 * Interrupts at the message of this number, or as soon as the new files are in place.
 * @returns how many messages there were, and what runs; the board has had power all the time
 */
async function interruptAt(moment: number | 'committed'): Promise<{ messages: number; runs?: string }> {
  boards.make('board');
  const ctrlC = new AbortController();
  let messages = 0;
  await using port = await openPort(boards.address('board'));
  const interrupt = () => ctrlC.abort(new PortalError('interrupted', 'install was interrupted.'));
  const counted = counting(port, (number) => {
    messages = number;
    if (number === moment) interrupt();
  });
  const ended = await install(counted, {
    portal,
    signal: ctrlC.signal,
    onProgress: ({ event }) => event === 'file' && moment === 'committed' && interrupt(),
  }).catch((error) => error);
  if (!(ended instanceof Error)) return { messages };
  const ready = await new BoardLog(port).waitFor(isReady, { timeoutMs: 10_000 });
  const runs = ready?.essid ?? 'nothing';
  expect(Object.keys(SAYS), `interrupted at ${moment}`).toContain(runs);
  expect(ended.message).toMatch(SAYS[runs] ?? 'known');
  return { messages, runs };
}

test('while it gets in, uploads and commits: the old portal or the new one runs, as it says', async () => {
  const { messages: total } = await interruptAt(Number.POSITIVE_INFINITY);
  // While it gets in, while it uploads, and around the commit.
  const chosen = [1, 8, 14, Math.round(total / 2), ...[8, 6, 5, 3].map((fromEnd) => total - fromEnd)];
  const results = new Set<string | undefined>();
  for (const message of chosen) results.add((await interruptAt(message)).runs);
  results.add((await interruptAt('committed')).runs); // messages come in more or fewer pieces: it may have been missed
  expect([...results]).toEqual(expect.arrayContaining([OLD, NEW]));
});
