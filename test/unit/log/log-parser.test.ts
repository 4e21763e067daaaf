// Lines and events of a whole log, in pieces of any size.

import { describe, expect, test } from 'vitest';
import { EVENT_CATALOGUE, LOG_EVENT_NAMES } from '../../../src/log/event-catalogue.js';
import type { LogEventName } from '../../../src/log/events.js';
import { MAX_LINE_BYTES } from '../../../src/log/line-splitter.js';
import { LogParser } from '../../../src/log/log-parser.js';
import {
  ARDUINO_EXCEPTION,
  bytesOf,
  FATAL_EXCEPTION,
  GURU_MEDITATION,
  linesOf,
  OURS,
  PASSWORD,
  SERIES,
} from '../../support/log-fixtures.js';
import { names, parse, read, singly, TIME_MS } from '../../support/parsed-log.js';
import { inPieces, seededBytes, seededRandom } from '../../support/random.js';

describe.each([
  ["the blog series' program", SERIES],
  ['our portal', OURS],
])('%s', (_whose, fixture) => {
  const bytes = bytesOf(linesOf(fixture));

  test('is understood line by line', () => {
    expect(names(parse([bytes]))).toEqual(fixture.flatMap(([, event]) => event ?? []));
  });

  test('every line is there, in order, with its host time and board', () => {
    const entries = parse([bytes], true);
    expect(entries.flatMap(({ raw }) => raw.split('\n'))).toEqual(linesOf(fixture));
    expect(entries.every(({ timeMs, board }) => timeMs === TIME_MS && board === 'desk')).toBe(true);
  });

  test('single bytes and random pieces give the same', () => {
    expect(parse(singly(bytes))).toEqual(parse([bytes]));
    for (const seed of [1, 2, 3])
      expect(parse(inPieces(bytes, seededRandom(seed), 40))).toEqual(parse([bytes]));
  });

  test('messages of the SDK may be in any line, at any place, with or without a line end', () => {
    const noise = '#33 ets_task(4020f510, 29, 3fff8f88, 10)';
    const quietBytes = bytesOf(linesOf(fixture).filter((line) => line !== noise));
    const quiet = parse([quietBytes]);
    for (let at = 0; at <= quietBytes.length; at++) {
      if (((quietBytes[at] ?? 0) & 0xc0) === 0x80) continue; // a board prints whole characters
      const isAtLineStart = at === 0 || quietBytes[at - 1] === 0x0a;
      const isAtLineEnd = quietBytes[at] === 0x0d || quietBytes[at] === 0x0a; // it could not be told which end it is
      const said = Buffer.from(isAtLineStart || isAtLineEnd || at % 2 ? `${noise}\r\n` : noise);
      const entries = parse([Buffer.concat([quietBytes.subarray(0, at), said, quietBytes.subarray(at)])]);
      expect(
        entries.filter(({ raw }) => raw !== noise),
        `at ${at}`,
      ).toEqual(quiet);
      expect(JSON.stringify(entries)).not.toContain('hunter2');
    }
  });
});

describe('fields', () => {
  test('of a fresh board', () => {
    expect(read("Captive portal ready: join WiFi 'It's', then open http://4.3.2.1/")).toMatchObject([
      { event: 'portal.ready', essid: "It's", url: 'http://4.3.2.1/' },
    ]);
    expect(read('Sending captive.apple.com. -> 192.168.4.1', 'Sending a.b -> 1.2.3.4')).toMatchObject([
      { name: 'captive.apple.com', address: '192.168.4.1' },
      { name: 'a.b', address: '1.2.3.4' },
    ]);
    expect(read('HTTP 302 GET captive.apple.com/a b', 'HTTP version 2 is not spoken')).toMatchObject([
      { event: 'http.request', status: 302, method: 'GET', target: 'captive.apple.com/a b' },
      { event: 'line' },
    ]);
  });

  test('of a join, with the reason in words, from the board or from its status', () => {
    expect(read('Connected to Home, address 192.168.1.23', 'Connected to Home')).toMatchObject([
      { ssid: 'Home', address: '192.168.1.23' },
      { ssid: 'Home', address: undefined },
    ]);
    expect(
      read(
        'Failed to connect to Home with x. WLAN status=3',
        'Failed to connect to Home. WLAN status=1 (no address)',
        'Failed to connect to Cats with hats. WLAN status=202 (wrong password)',
      ),
    ).toMatchObject([
      { ssid: 'Home', status: 3, reason: 'network not found' },
      { ssid: 'Home', status: 1, reason: 'no address' },
      { ssid: 'Cats with hats', status: 202, reason: 'wrong password' },
    ]);
  });

  test.each([
    [' ets Jan  8 2013,rst cause:1, boot mode:(3,6)', 'power-on', 'from flash'],
    [' ets Jan  8 2013,rst cause:2, boot mode:(1,6)', 'reset pin', 'ROM loader'],
    [' ets Jan  8 2013,rst cause:4, boot mode:(3,7)', 'watchdog', 'from flash'],
    ['\x00\x01 ets Jan  8 2013,rst cause:2, boot mode:(3,6)', 'reset pin', 'from flash'],
    ['rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)', 'power-on', 'from flash'],
    ['rst:0x10 (RTCWDT_RTC_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0))', 'RTC watchdog', 'ROM loader'],
    ['rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)', 'brown-out', 'from flash'],
  ])('a start in words: %s', (line, why, where) => {
    const [entry] = read(line);
    expect(entry).toMatchObject({ event: 'boot.rom' });
    expect(entry?.explanation).toContain(why);
    expect(entry?.explanation).toContain(where);
  });

  test.each(['invalid header: 0xffffffff', 'ets_main.c ', 'flash read err, 1000', 'csum err'])(
    'a start that fails says so and what to do: %s',
    (line) => {
      expect(read(line)).toMatchObject([
        { event: 'boot.failed', advice: expect.stringContaining('esp-portal flash') },
      ]);
    },
  );

  test("ESP-IDF's log is understood through its colours, and keeps them in the raw text", () => {
    const line = '\x1b[0;31mE (109) boot: No bootable app partitions in the partition table\x1b[0m';
    expect(read(line)).toMatchObject([{ event: 'boot.failed', raw: line }]);
  });
});

describe('passwords', () => {
  const all = bytesOf([...linesOf(SERIES), 'GET /login?ssid=Home&password=hunter2&x=1 HTTP/1.1']);

  test('are masked in every line of the blog series and in requests', () => {
    const entries = parse([all]);
    expect(JSON.stringify(entries)).not.toContain('hunter2');
    expect(entries.at(-1)?.raw).toBe('GET /login?ssid=Home&password=***&x=1 HTTP/1.1');
    expect(parse([all], true).filter(({ raw }) => raw.includes('hunter2'))).toHaveLength(5);
  });

  test('are masked from their beginning, though a part of them looks like another secret', () => {
    expect(
      read(
        "Trying to connect to SSID 'Home' with password hunter2 password=x hunter2",
        'Failed to connect to Home with hunter2 password=x hunter2. WLAN status=2',
        'Invalid credentials file: hunter2 with password x',
        'GET /?password=hunter2 with password hunter2',
      ).map(({ raw }) => raw),
    ).toEqual([
      "Trying to connect to SSID 'Home' with password ***",
      'Failed to connect to Home with ***. WLAN status=2',
      'Invalid credentials file: ***',
      'GET /?password=***',
    ]);
  });

  test('are masked with a damaged or glued line around them', () => {
    const lines = [
      `\x01\x02x\ufffd\x03 something long that is noise for certain: with password ${PASSWORD}`,
      `>>> Trying to c?nnect to SSID 'x' with password ${PASSWORD}`,
      `Failed to connect to x with ${PASSWORD}. WLAN sta`,
    ];
    expect(JSON.stringify(read(...lines))).not.toContain('hunter2');
  });

  test('stay masked when the line is longer than a line may be, wherever it is cut', () => {
    const long = "Invalid credentials file: [b'".padEnd(MAX_LINE_BYTES + 100, 'hunter2 ');
    for (let shift = 0; shift < 60; shift++) {
      const before = 'x'.repeat(MAX_LINE_BYTES - shift);
      for (const line of [
        long,
        `${before}Trying to connect to SSID 'Home' with password hunter2`,
        `${before}GET /?password=hunter2 HTTP/1.1`,
      ]) {
        expect(JSON.stringify(read(line))).not.toContain('hunter2');
      }
    }
  });

  test('do not show while their line is still coming', () => {
    const parser = new LogParser({ board: 'desk' });
    for (const byte of all) {
      parser.push(Uint8Array.of(byte), TIME_MS);
      expect(parser.unfinished(TIME_MS)?.raw ?? '').not.toContain('hunter');
    }
  });
});

describe('what does not end', () => {
  test('is shown as far as it has come, and comes again when it is whole', () => {
    const parser = new LogParser({ board: 'desk' });
    expect(parser.push(Buffer.from('Hello\r\n>>> '), TIME_MS)).toHaveLength(1);
    expect(parser.unfinished(TIME_MS)).toMatchObject({ raw: '>>> ', unfinished: true });
    expect(parser.push(Buffer.from('1+1\r\n'), TIME_MS)).toMatchObject([{ raw: '>>> 1+1' }]);
    expect(parser.unfinished(TIME_MS)).toBeUndefined();
  });

  test('is there at the end', () => {
    expect(parse([Buffer.from('Connected to Ho')])).toMatchObject([
      { event: 'wifi.connected', raw: 'Connected to Ho' },
    ]);
    expect(names(parse([Buffer.from(FATAL_EXCEPTION[0] ?? '')]))).toEqual(['crash.esp8266']);
  });

  test('costs bounded memory, however many bytes come', () => {
    const parser = new LogParser({ board: 'desk' });
    const chunk = Buffer.alloc(50_000, 'é');
    let longest = 0;
    let count = 0;
    for (let sent = 0; sent < 10_000_000; sent += chunk.length) {
      for (const { raw } of parser.push(chunk, TIME_MS)) {
        longest = Math.max(longest, Buffer.byteLength(raw));
        count += Buffer.byteLength(raw);
        expect(raw.includes('\ufffd')).toBe(false); // cut between characters
      }
    }
    expect(longest).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(count).toBeGreaterThan(10_000_000 - MAX_LINE_BYTES - 1);
    expect(Buffer.byteLength(parser.unfinished(TIME_MS)?.raw ?? '')).toBeLessThanOrEqual(MAX_LINE_BYTES);
  });
});

describe('boot output at another baud rate', () => {
  const noise = Buffer.from('rl\0l|\0\x02\f\f\x80\x8cbp\xee\x0el', 'latin1');
  const glued = (text: string) => names(parse([Buffer.concat([noise, Buffer.from(text)])]));

  test('is separated from the line that follows without a line end', () => {
    expect(glued('Starting captive portal\r\n')).toEqual(['boot.noise', 'portal.starting']);
    expect(
      glued(
        'Traceback (most recent call last):\r\n  File "boot.py", line 1, in <module>\r\nImportError: x\r\n',
      ),
    ).toEqual(['boot.noise', 'python.traceback']);
    expect(glued('\r\nfrom here\r\n')).toEqual(['boot.noise', 'line']);
    expect(glued('my program\r\n')).toEqual(['boot.noise', 'line']);
  });
});

test('random bytes never throw, and give the same in any pieces', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const words = [...linesOf(SERIES), ...linesOf(OURS), ...GURU_MEDITATION, ...ARDUINO_EXCEPTION];
    const parts = Array.from({ length: 60 }, (_, n) => {
      const word = Buffer.from(words[random(words.length)] ?? '');
      const cut = word.subarray(random(word.length + 1), word.length - random(3));
      return Buffer.concat([
        cut,
        seededBytes(seed * 100 + n, random(12)),
        Buffer.from(random(3) ? '\r\n' : ''),
      ]);
    });
    const bytes = Buffer.concat(parts);
    const whole = parse([bytes]);
    expect(parse(inPieces(bytes, random, 50))).toEqual(whole);
    expect(parse(singly(bytes))).toEqual(whole);
  }
});

test('long lines of random bytes give the same in any pieces, and none is longer than the bound', () => {
  const bytes = Buffer.from(seededBytes(9, 100_000).map((byte) => (byte === 0x0a ? 0xe2 : byte)));
  const whole = parse([bytes]);
  expect(whole.length).toBeGreaterThan(10);
  expect(parse(inPieces(bytes, seededRandom(1), 20_000))).toEqual(whole);
});

test('every event has an example that is read as it, with the fields that the catalogue names', () => {
  const facts = new Set(['event', 'raw', 'timeMs', 'board', 'explanation', 'advice']);
  for (const name of LOG_EVENT_NAMES) {
    const { example, fields } = EVENT_CATALOGUE[name as LogEventName];
    if (example === undefined) continue;
    const entries = read(...example.split('\n'));
    expect(entries.map(({ event, raw }) => ({ event, raw }))).toEqual([{ event: name, raw: example }]);
    const given = Object.keys(entries[0] ?? {}).filter((key) => !facts.has(key));
    expect(given.toSorted()).toEqual(Object.keys(fields).toSorted());
  }
  const silent = LOG_EVENT_NAMES.filter((name) => EVENT_CATALOGUE[name].example === undefined);
  expect(silent).toEqual(['boot.noise', 'port.lost', 'port.back']);
});
