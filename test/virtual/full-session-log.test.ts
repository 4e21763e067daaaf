// What a virtual board really prints through its life, as events: blank, flashed, portal, wrong password, joined, reset,
// stopped, crashed.

import { writeFileSync } from 'node:fs';
import { BoardLog, flash, install, type LogEntry, LogParser, openPort, type Port } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RUN, runResetSequence } from '../../src/esp/resets.js';
import { CliHome } from '../support/cli.js';
import { inPieces, seededRandom } from '../support/random.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

const ADDRESS = 'virtual:life?speed=max&http=0&dns=0';

/** Follows a board's log, and keeps its bytes and events. */
class Life {
  readonly bytes: Uint8Array[] = [];
  readonly entries: LogEntry[] = [];
  readonly log: BoardLog;

  constructor(port: Port) {
    this.log = new BoardLog(port, { onBytes: (bytes) => this.bytes.push(bytes), now: () => 0 });
  }

  async until(event: LogEntry['event']): Promise<LogEntry> {
    const isIt = (entry: LogEntry): entry is LogEntry => entry.event === event;
    const onLog = (entry: LogEntry) => this.entries.push(entry);
    const found = await this.log.waitFor(isIt, { timeoutMs: 30_000, onLog });
    if (!found) throw new Error(`no ${event} after ${JSON.stringify(this.entries)}`);
    return found;
  }
}

test('every stage is an event, no line of the portal is unknown, and pieces of any size give the same events', async () => {
  const urls: string[] = [];
  const port = await openPort(ADDRESS, { onNotice: ({ url }) => url && urls.push(url) });
  await using _port = port;
  await flash(port, { firmware: ownFirmware() });
  await install(port);
  await runResetSequence(port, RUN);
  const life = new Life(port);
  await life.until('portal.ready');
  const web = urls.findLast((url) => url.startsWith('http:')) ?? '';

  const join = (password: string) =>
    fetch(new URL('/login', web), {
      method: 'POST',
      body: new URLSearchParams({ ssid: 'Home WiFi', password }),
    });
  await join('wrong password');
  expect(await life.until('wifi.failed')).toMatchObject({ ssid: 'Home WiFi', reason: 'wrong password' });
  await join('correct horse');
  await life.until('creds.saved');
  expect(await life.until('wifi.connected')).toMatchObject({ ssid: 'Home WiFi' });
  await fetch(new URL('/status', web));
  await fetch(new URL('/done', web), { method: 'POST' });
  await life.until('ap.stopped');

  await runResetSequence(port, RUN);
  await life.until('boot.noise');
  await life.until('creds.loaded');
  await life.until('wifi.connected');

  writeFileSync(home.boardFile('life', 'main.py'), 'import nothing_of_that_name\n');
  await runResetSequence(port, RUN);
  expect(await life.until('python.traceback')).toMatchObject({
    type: 'ImportError',
    frames: [{ file: 'main.py', line: 1, function: '<module>' }],
  });
  await life.until('boot.micropython');

  const unknown = life.entries.filter(
    ({ event, raw, unfinished }) =>
      event === 'line' &&
      !unfinished && // it comes again, whole
      !/^(Connected to WiFi!|Type "help\(\)" for more information\.|)$/.test(raw),
  );
  expect(unknown.map(({ raw }) => raw)).toEqual([]);
  expect(JSON.stringify(life.entries)).not.toMatch(/correct horse|wrong password'/);

  const bytes = Buffer.concat(life.bytes);
  const parse = (pieces: readonly Uint8Array[]) => {
    const parser = new LogParser({ board: port.name });
    return pieces.flatMap((piece) => parser.push(piece, 0));
  };
  const whole = parse([bytes]);
  expect(parse(inPieces(bytes, seededRandom(1), 30))).toEqual(whole);
  expect(parse(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
});
