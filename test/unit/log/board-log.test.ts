import { expect, test } from 'vitest';
import { BoardLog } from '../../../src/log/board-log.js';
import type { LogEntry } from '../../../src/log/events.js';
import { FakePort } from '../../support/fake-port.js';
import { inPieces, seededRandom } from '../../support/random.js';

const FRESH_BOARD = [
  ' ets Jan  8 2013,rst cause:2, boot mode:(3,6)',
  '#33 ets_task(4020f510, 29, 3fff8f88, 10)',
  'Trying to load WiFi credentials from ./wifi.creds',
  './wifi.creds does not exist',
  'Starting captive portal',
  'Waiting for access point to turn on',
  "AP mode configured: ('192.168.4.1', '255.255.255.0', '192.168.4.1', '192.168.4.1')",
  "HTTP Server listening on ('0.0.0.0', 80)",
  'Configured HTTP server',
  "DNS Server listening on ('0.0.0.0', 53)",
  'Configured DNS server',
  "Captive portal ready: join WiFi 'ESP8266-c0d1e2', then open http://192.168.4.1/",
  'Sending captive.apple.com. -> 192.168.4.1',
  "Trying to connect to SSID 'Bäckerei, oben'",
  'Connection attempt 1/10 ...',
  'Connected to Bäckerei, oben, address 192.168.1.23',
  'Wrote credentials to ./wifi.creds',
];

async function read(pieces: readonly Uint8Array[]): Promise<LogEntry[]> {
  const port = new FakePort();
  const log = new BoardLog(port);
  const entries: LogEntry[] = [];
  for (const piece of pieces) {
    port.send(piece);
    for (let entry = await log.next({ timeoutMs: 0 }); entry; entry = await log.next({ timeoutMs: 0 })) {
      entries.push(entry);
    }
  }
  return entries;
}

const bytes = Buffer.from(`${FRESH_BOARD.join('\r\n')}\r\n`);

test('a fresh board is understood from its first line to its network', async () => {
  const entries = await read([bytes]);
  expect(entries.map(({ event }) => event)).toEqual([
    'boot.rom',
    'line',
    'line',
    'creds.missing',
    'portal.starting',
    'ap.starting',
    'ap.ready',
    'http.listening',
    'line',
    'dns.listening',
    'line',
    'portal.ready',
    'dns.query',
    'wifi.connecting',
    'wifi.attempt',
    'wifi.connected',
    'creds.saved',
  ]);
  expect(entries.map(({ raw }) => raw)).toEqual(FRESH_BOARD);
  expect(entries[11]).toMatchObject({ essid: 'ESP8266-c0d1e2', url: 'http://192.168.4.1/' });
  expect(entries[15]).toMatchObject({ ssid: 'Bäckerei, oben', address: '192.168.1.23' });
});

test('the same events come from single bytes and from random pieces, UTF-8 split or not', async () => {
  const whole = await read([bytes]);
  expect(await read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  expect(await read(inPieces(bytes, seededRandom(7), 30))).toEqual(whole);
});

test('a traceback is one event with its frames, wherever it is cut', async () => {
  const lines = [
    'Traceback (most recent call last):',
    '  File "main.py", line 3, in <module>',
    '  File "captive_portal.py", line 41, in start',
    'MemoryError: memory allocation failed, allocating 2048 bytes',
    'MicroPython v1.27.0 on 2025-12-09; ESP module with ESP8266',
  ];
  const text = Buffer.from(lines.join('\r\n').concat('\r\n'));
  const entries = await read([text]);
  expect(entries).toEqual([
    {
      event: 'python.traceback',
      type: 'MemoryError',
      message: 'memory allocation failed, allocating 2048 bytes',
      frames: [
        { file: 'main.py', line: 3 },
        { file: 'captive_portal.py', line: 41 },
      ],
      raw: lines.slice(0, 4).join('\n'),
    },
    {
      event: 'boot.micropython',
      version: '1.27.0',
      board: 'ESP module with ESP8266',
      raw: lines[4],
    },
  ]);
  expect(await read(Array.from(text, (byte) => Uint8Array.of(byte)))).toEqual(entries);
});

test('a traceback that is broken off by a reset loses no line', async () => {
  const lines = [
    'Traceback (most recent call last):',
    '  File "main.py", line 3',
    '(garbage)',
    'Starting captive portal',
  ];
  const entries = await read([Buffer.from(`${lines.join('\n')}\n`)]);
  expect(entries.map(({ raw }) => raw)).toEqual(lines);
  expect(entries.at(-1)?.event).toBe('portal.starting');
});

test('lines that follow the wanted one are there for the next reader', async () => {
  const port = new FakePort();
  const log = new BoardLog(port);
  port.send('Captive portal stopped\r\nCleaning up\r\n');
  const isStop = (entry: LogEntry): entry is LogEntry => entry.event === 'portal.stopped';
  await log.waitFor(isStop, { timeoutMs: 1000 });
  expect(await log.next({ timeoutMs: 0 })).toMatchObject({ raw: 'Cleaning up' });
});

test('waiting for what never comes ends after the time allowed', async () => {
  const log = new BoardLog(new FakePort());
  expect(
    await log.waitFor((entry): entry is LogEntry => entry.event === 'line', { timeoutMs: 20 }),
  ).toBeUndefined();
});

test("the blog series' passwords are masked before anything else sees them", async () => {
  const series = [
    "Trying to connect to SSID 'Home' with password hunter2, really",
    'Failed to connect to Home with hunter2. WLAN status=2',
    "Invalid credentials file: [b'Home', b'hunter2', b'x']",
    'Invalid credentials file: ./wifi.creds',
  ];
  const entries = await read([Buffer.from(`${series.join('\r\n')}\r\n`)]);
  expect(JSON.stringify(entries)).not.toContain('hunter2');
  expect(entries.map(({ event }) => event)).toEqual([
    'wifi.connecting',
    'wifi.failed',
    'creds.invalid',
    'creds.invalid',
  ]);
  expect(entries[0]).toMatchObject({ ssid: 'Home' });
  expect(entries[1]).toMatchObject({ ssid: 'Home', status: 2 });
  expect(entries[3]?.raw).toBe('Invalid credentials file: ./wifi.creds');
});
