// Text from outside is read in time proportional to its length. What takes long for its length is read again at four
// times the length: 4 times the CPU time is linear, 16 times is not. CPU time, so that other programs do not count.

import { describe, expect, test } from 'vitest';
import { inOneLine, printable, safeJson, TerminalFilter } from '../../src/cli/terminal/text.js';
import { namesOnPage } from '../../src/firmware/download-page.js';
import { LogParser } from '../../src/log/log-parser.js';
import { Redactor } from '../../src/log/redaction/redactor.js';
import { SecretFilter } from '../../src/log/redaction/secret-filter.js';
import { diagnoseRepl } from '../../src/micropython/repl-diagnosis.js';

const LINE_BYTES = 10_000;
/** For two lines. The slowest linear case needs 30 ms; a step of 1 ns at each pair of places, 100 ms. */
const SUSPICIOUS_MS = 40;

/** Beginnings of what the program looks for; repeated, each is a search that may start again at every place. */
const UNITS = [
  '\r',
  ' ',
  '\t',
  "'",
  '"',
  '\\',
  '\\"',
  "('",
  '("\\',
  '(',
  '#1 ets_task(',
  '#1',
  '\x1b',
  '\x1b[1',
  '\x1b[0m',
  '\x00',
  '\r\x00',
  '\xa0',
  'pass\x00',
  "connect(((('",
  'connect(a))),',
  "password\x00='' ",
  '\u{e0041}',
  'a',
  '0',
  'A ',
  '0x1',
  'connect',
  'connect(',
  "connect('a",
  'config(key=',
  "key='",
  'pass',
  "pass'",
  "pass='",
  "pass='' ",
  'pass:',
  'password ',
  ' with password ',
  '&password=&a',
  '?a',
  '://',
  '://a:b',
  '://a@',
  'Failed to connect to a with ',
  '. WLAN status=1 (',
  "Trying to connect to SSID 'a' with ",
  'nvalid credentials file:',
  'Guru Meditation Error:',
  'Traceback (most recent call last):\n',
  'Traceback (most recent call last):',
  '  File "a", line 1, in ',
  '-20240101-v1.',
  'rst cause:1 ets Jan  8 2013',
  '\ufffd',
  '\x80',
];
/** A line's beginning that may come only once. */
const PREFIXES = [
  '',
  "password='",
  'Failed to connect to ',
  'Connected to ',
  "{'psk': '",
  '(',
  'E (1) a',
  'A',
];

const FUNCTIONS: Readonly<Record<string, (text: string) => unknown>> = {
  'log parser': (text) => {
    const parser = new LogParser({ board: 'x' });
    for (const piece of pieces(text)) {
      parser.push(piece, 0);
      parser.unfinished(0);
    }
    return parser.end(0);
  },
  'secret filter': (text) => {
    const filter = new SecretFilter(new Redactor(['aaaaaaab', 'secret']));
    for (const piece of pieces(text)) filter.push(piece);
    return filter.end();
  },
  redactor: (text) => new Redactor(['aaaaaaab', 'secret'], ['aaaaaaab', '--app pass', '/a']).mask(text),
  'terminal filter': (text) => {
    const filter = new TerminalFilter({ allowsEditing: true });
    return pieces(text).map((piece) => filter.push(piece));
  },
  printable: (text) => [printable(text), inOneLine(text), safeJson(text)],
  'REPL diagnosis': (text) =>
    diagnoseRepl(
      { name: 'x', hasLines: true, usb: undefined },
      {
        running: Buffer.from(text),
        booting: Buffer.from(`ets Jan  8 2013\nets Jan  8 2013\n${text}`),
      },
    ),
  'download page': (text) =>
    namesOnPage(text, { name: 'ESP8266_GENERIC', family: 'ESP8266', since: '1.12', variants: [] }),
};

function pieces(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const size = 4096;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

function cpuMs(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe.each(Object.entries(FUNCTIONS))('%s', { timeout: 60_000 }, (_name, run) => {
  test.each(UNITS)('repeated: %j', (unit) => {
    for (const prefix of PREFIXES) {
      const timeMs = (lineBytes: number) => {
        const text = prefix + unit.repeat(lineBytes / unit.length);
        return cpuMs(() => run(`${text}\n${text}x`));
      };
      const leastMs = (lineBytes: number) => Math.min(...[1, 2, 3].map(() => timeMs(lineBytes)));
      if (timeMs(LINE_BYTES) < SUSPICIOUS_MS) continue;
      const onceMs = leastMs(LINE_BYTES); // the first time may include compilation
      if (onceMs < SUSPICIOUS_MS) continue;
      expect(leastMs(4 * LINE_BYTES) / onceMs, `after ${JSON.stringify(prefix)}`).toBeLessThan(8);
    }
  });
});
