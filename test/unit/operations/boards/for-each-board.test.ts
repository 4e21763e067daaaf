import { expect, test } from 'vitest';
import { PortalError } from '../../../../src/errors.js';
import {
  type BoardsClock,
  type BoardsEvent,
  type BoardTask,
  forEachBoard,
} from '../../../../src/operations/boards/for-each-board.js';

/** Time that passes only while a start is waited for. */
class StartClock implements BoardsClock {
  #nowMs = 0;
  nowMs(): number {
    return this.#nowMs;
  }
  async wait(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    this.#nowMs += durationMs;
  }
}

/** Actions that end when the test says so. */
class Actions {
  readonly running = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>();
  most = 0;
  readonly act = ({ board }: BoardTask): Promise<string> =>
    new Promise((resolve, reject) => {
      this.running.set(board, { resolve, reject });
      this.most = Math.max(this.most, this.running.size);
    });

  end(board: string, error?: Error): void {
    const action = this.running.get(board);
    this.running.delete(board);
    if (error) action?.reject(error);
    else action?.resolve(`${board} is made`);
  }

  /** Until so many run, whatever that takes. */
  async run(count: number): Promise<void> {
    while (this.running.size < count) await new Promise((resolve) => setImmediate(resolve));
  }
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `board-${index + 1}`);

test('starts all boards, a second apart, and gives their results in the order of the ports', async () => {
  const clock = new StartClock();
  const starts: [string, number][] = [];
  const onEvent = ({ event, board }: BoardsEvent) => {
    if (event === 'board-start') starts.push([board, clock.nowMs()]);
  };
  const actions = new Actions();
  const all = forEachBoard(names(4), actions.act, { clock, onEvent });
  await actions.run(4);
  for (const name of names(4).reverse()) actions.end(name);
  expect(starts).toEqual([
    ['board-1', 0],
    ['board-2', 1000],
    ['board-3', 2000],
    ['board-4', 3000],
  ]);
  expect(await all).toEqual(
    names(4).map((board, index) => ({ board, ok: true, value: `${board} is made`, seconds: 3 - index })),
  );
});

test('runs at most so many at a time as jobs says', async () => {
  const actions = new Actions();
  const all = forEachBoard(names(7), actions.act, { clock: new StartClock(), jobs: 3 });
  for (const name of names(7)) {
    await actions.run(1);
    while (!actions.running.has(name)) await new Promise((resolve) => setImmediate(resolve));
    actions.end(name);
  }
  expect(await all).toHaveLength(7);
  expect(actions.most).toBe(3);
});

test('keeps a failure, and a bug, to its board', async () => {
  const failure = new PortalError('loader-silent', 'It does not answer.');
  const bug = new TypeError('undefined is not a function');
  const events: BoardsEvent[] = [];
  const results = await forEachBoard(
    names(3),
    async ({ board }) => {
      if (board === 'board-1') throw failure;
      if (board === 'board-2') throw bug;
      return board;
    },
    { clock: new StartClock(), onEvent: (event) => events.push(event) },
  );
  expect(results).toMatchObject([
    { board: 'board-1', ok: false, error: failure, isStarted: true },
    { board: 'board-2', ok: false, error: bug, isStarted: true },
    { board: 'board-3', ok: true, value: 'board-3' },
  ]);
  expect(events.filter(({ event }) => event === 'board-end')).toMatchObject([
    { board: 'board-1', ok: false, error: failure },
    { board: 'board-2', ok: false, error: bug },
    { board: 'board-3', ok: true },
  ]);
});

test('passes events on with the board that they are of, also those that have such a field', async () => {
  const events: BoardsEvent[] = [];
  await forEachBoard(
    ['rfc2217://10.0.0.9:3001'],
    async ({ onProgress, onNotice, onLog }) => {
      onProgress({ event: 'step', step: 'write' });
      onNotice({ event: 'notice', message: 'hello' });
      onLog({ event: 'boot.download', raw: 'hi', timeMs: 1, board: 'as the port names itself' });
    },
    { clock: new StartClock(), onEvent: (event) => events.push(event) },
  );
  expect(events.map(({ event, board }) => `${event} ${board}`)).toEqual(
    ['board-start', 'step', 'notice', 'boot.download', 'board-end'].map(
      (event) => `${event} rfc2217://10.0.0.9:3001`,
    ),
  );
});

test('an abort waits until every action has ended, and starts no other board', async () => {
  const abort = new AbortController();
  const order: string[] = [];
  let finish = () => {};
  const finishing = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const all = forEachBoard(
    names(3),
    async ({ board, signal }) => {
      order.push(`${board} begins`);
      if (board === 'board-2') abort.abort(new PortalError('interrupted', 'Interrupted.'));
      while (!signal?.aborted) await new Promise((resolve) => setImmediate(resolve));
      await finishing;
      order.push(`${board} is in order`);
      throw signal.reason;
    },
    { clock: new StartClock(), signal: abort.signal },
  ).then((results) => {
    order.push('all ended');
    return results;
  });
  while (!abort.signal.aborted) await new Promise((resolve) => setImmediate(resolve));
  finish();
  expect(await all).toMatchObject([
    { board: 'board-1', ok: false, isStarted: true, error: { code: 'interrupted' } },
    { board: 'board-2', ok: false, isStarted: true, error: { code: 'interrupted' } },
    { board: 'board-3', ok: false, isStarted: false, seconds: 0, error: { code: 'interrupted' } },
  ]);
  expect(order.slice(0, 2)).toEqual(['board-1 begins', 'board-2 begins']);
  expect(order.slice(2, -1).sort()).toEqual(['board-1 is in order', 'board-2 is in order']);
  expect(order.at(-1)).toBe('all ended');
});

test('takes boards as they come, the same port again too', async () => {
  async function* pluggedIn() {
    yield 'desk';
    await new Promise((resolve) => setImmediate(resolve));
    yield 'desk';
  }
  const results = await forEachBoard(pluggedIn(), async ({ board }) => board, { clock: new StartClock() });
  expect(results.map(({ board }) => board)).toEqual(['desk', 'desk']);
});

test.each([
  [['a', 'b', 'a'], 2, 'a is given twice.'],
  [['a'], 0, 'jobs is 0: give a whole number from 1.'],
  [['a'], 1.5, 'jobs is 1.5: give a whole number from 1.'],
])('refuses the ports %j with %j jobs', async (ports, jobs, message) => {
  await expect(forEachBoard(ports, async () => {}, { jobs })).rejects.toMatchObject({
    code: 'usage',
    message,
  });
});

test('no board has no result', async () => {
  expect(await forEachBoard([], async () => {})).toEqual([]);
});
