import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogEntry } from '../../../../src/log/events.js';
import { BoardLog } from '../../../../src/operations/log/board-log.js';
import { FakePort } from '../../../support/fake-port.js';
import { bytesOf, linesOf, OURS } from '../../../support/log-fixtures.js';
import { inPieces, seededRandom } from '../../../support/random.js';

const TIME_MS = 1_795_000_000_000;

// On a busy computer, a pause between two steps of a test would end a line.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** The next event within that time, which passes. */
async function next(log: BoardLog, timeoutMs: number): Promise<LogEntry | undefined> {
  const entry = log.next({ timeoutMs });
  await vi.advanceTimersByTimeAsync(timeoutMs);
  return entry;
}

test('every event has the time at which its bytes were read, and the name of its port', async () => {
  const port = new FakePort();
  let now = TIME_MS;
  const log = new BoardLog(port, { now: () => now });
  port.send('Cleaning');
  expect(await next(log, 0)).toBeUndefined();
  now += 10;
  port.send(' up\r\nHello\r\n');
  expect(await next(log, 0)).toMatchObject({
    event: 'portal.closed',
    timeMs: TIME_MS + 10,
    board: 'fake',
  });
  expect(await next(log, 0)).toMatchObject({ raw: 'Hello' });
});

test('pieces of any size give what the whole gives', async () => {
  const bytes = bytesOf(linesOf(OURS));
  const read = async (pieces: readonly Uint8Array[]) => {
    const port = new FakePort();
    const log = new BoardLog(port, { now: () => TIME_MS });
    const entries: LogEntry[] = [];
    for (const piece of pieces) {
      port.send(piece);
      for (let entry = await next(log, 0); entry; entry = await next(log, 0)) entries.push(entry);
    }
    return [...entries, ...log.rest()];
  };
  expect(await read(inPieces(bytes, seededRandom(7), 300))).toEqual(await read([bytes]));
});

test('lines that follow the wanted one are there for the next reader', async () => {
  const port = new FakePort();
  const log = new BoardLog(port);
  port.send('Captive portal stopped\r\nCleaning up\r\n');
  const isStop = (entry: LogEntry): entry is LogEntry => entry.event === 'portal.stopped';
  await log.waitFor(isStop, { timeoutMs: 1000 }); // it is there already
  expect(await next(log, 0)).toMatchObject({ raw: 'Cleaning up' });
});

test('progress dots and a counter appear while they run', async () => {
  const port = new FakePort();
  const log = new BoardLog(port);
  const seen: string[] = [];
  for (let percent = 0; percent < 12; percent++) {
    port.send(`.`);
    const entry = await next(log, 50);
    if (entry) seen.push(entry.raw);
  }
  expect(seen.length).toBeGreaterThan(0);
  expect(seen[0]).toMatch(/^\.+$/);
  port.send('\r\n10 %\r20 %\r');
  expect(await next(log, 0)).toMatchObject({ raw: '............' });
  expect(await next(log, 300)).toMatchObject({ raw: '20 %', unfinished: true });
});

test('waiting for what never comes ends after the time allowed', async () => {
  const log = new BoardLog(new FakePort());
  const line = log.waitFor((entry): entry is LogEntry => entry.event === 'line', { timeoutMs: 20 });
  await vi.advanceTimersByTimeAsync(20);
  expect(await line).toBeUndefined();
});

test('a prompt is shown although it never ends, once, and a crash although nothing follows it', async () => {
  const port = new FakePort();
  const log = new BoardLog(port);
  port.send('abort() was called at PC 0x400d1234 on core 0\r\n>>> ');
  expect(await next(log, 5000)).toMatchObject({ event: 'crash.esp32' });
  expect(await next(log, 0)).toMatchObject({ raw: '>>> ', unfinished: true });
  expect(await next(log, 300)).toBeUndefined();
  port.send('1+1\r\n2');
  expect(await next(log, 0)).toMatchObject({ raw: '>>> 1+1' });
  expect(log.rest()).toMatchObject([{ raw: '2' }]);
});

test('text without a line end is shown long before an event of several lines is complete', async () => {
  const port = new FakePort();
  const log = new BoardLog(port);
  port.send('Password: ');
  expect(await next(log, 240)).toMatchObject({ raw: 'Password: ', unfinished: true });
  port.send('\r\nTraceback (most recent call last):\r\n');
  expect(await next(log, 0)).toMatchObject({ raw: 'Password: ' });
  expect(await next(log, 100)).toBeUndefined();
});
