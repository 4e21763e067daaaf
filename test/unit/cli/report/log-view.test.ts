import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { LogView, type Timestamp } from '../../../../src/cli/report/log-view.js';
import type { LogEntry } from '../../../../src/log/events.js';
import { LogParser } from '../../../../src/log/log-parser.js';
import { seededBytes } from '../../../support/random.js';

const TIME_MS = Date.UTC(2026, 10, 22, 14, 31, 25, 147);

function entriesOf(text: string | Uint8Array): LogEntry[] {
  const parser = new LogParser({ board: 'desk' });
  return [...parser.push(Buffer.from(text), TIME_MS), ...parser.end(TIME_MS)];
}

function show(entries: readonly LogEntry[], timestamp?: Timestamp): string {
  let out = '';
  const stream = new PassThrough() as unknown as NodeJS.WriteStream; // no terminal: no colours
  const view = new LogView({ timestamp, stream, write: (text) => (out += text) });
  for (const entry of entries) view.show(entry);
  view.settle();
  return out;
}

test('repeated names are one line with a counter', () => {
  const ask = (name: string) => `Sending ${name}. -> 192.168.4.1\n`;
  const log = [ask('a.com'), ask('a.com'), ask('b.com'), ask('a.com'), 'Cleaning up\n', ask('a.com')];
  expect(show(entriesOf(log.join('')))).toBe(
    'Sending a.com. -> 192.168.4.1\nSending b.com. -> 192.168.4.1\n  … repeated: a.com ×2\n' +
      'Cleaning up\nSending a.com. -> 192.168.4.1\n',
  );
});

test('endless repetitions are shown every few seconds', () => {
  const at = (seconds: number): LogEntry => ({
    event: 'dns.query',
    name: 'a.com',
    address: '4.3.2.1',
    raw: 'Sending a.com. -> 4.3.2.1',
    timeMs: TIME_MS + seconds * 1000,
    board: 'desk',
  });
  expect(show([at(0), at(1), at(2), at(6), at(7)])).toBe(
    'Sending a.com. -> 4.3.2.1\n  … repeated: a.com ×2\nSending a.com. -> 4.3.2.1\n  … repeated: a.com ×1\n',
  );
});

test('a traceback is shown once, its last frame marked, with advice below', () => {
  const lines = [
    'Traceback (most recent call last):',
    '  File "main.py", line 3, in <module>',
    '  File "net.py", line 41, in listen',
    'OSError: [Errno 98] EADDRINUSE',
  ];
  const out = show(entriesOf(`${lines.join('\n')}\n`)).split('\n');
  expect(out.slice(0, 4)).toEqual([lines[0], lines[1], '▸ File "net.py", line 41, in listen', lines[3]]);
  expect(out[4]).toMatch(/^ {2}↳ EADDRINUSE: /);
});

test('noise of another baud rate is named, not shown', () => {
  const out = show(entriesOf(Buffer.from('rl\0l|\0\x02\f\x80\x8cbp\xee\n', 'latin1')));
  expect(out).toMatch(/^\(boot output at another baud rate; .*\)\n$/);
});

test('an unfinished line is shown and continued where it stopped', () => {
  const at = { timeMs: TIME_MS, board: 'desk', event: 'line' } as const;
  const prompt: LogEntry = { ...at, raw: '>>> ', unfinished: true };
  expect(show([prompt, { ...at, raw: '>>> 1+1' }, { ...at, raw: '2' }])).toBe('>>> 1+1\n2\n');
  expect(show([prompt, { ...at, raw: 'something else' }])).toBe('>>> \nsomething else\n');
  expect(show([prompt])).toBe('>>> \n');
});

test.each([
  ['iso', '2026-11-22T14:31:25.147Z a\n2026-11-22T14:31:25.397Z b\n'],
  ['epoch', '1795357885.147 a\n1795357885.397 b\n'],
  ['delta', '+0.000 a\n+0.250 b\n'],
  ['none', 'a\nb\n'],
] as const)('time stamps: %s', (timestamp, expected) => {
  const line = (raw: string, afterMs: number): LogEntry => ({
    event: 'line',
    raw,
    timeMs: TIME_MS + afterMs,
    board: 'desk',
  });
  expect(show([line('a', 0), line('b', 250)], timestamp)).toBe(expected);
});

test('no bytes of a board bring a control character to the screen', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const out = show(entriesOf(Buffer.from(seededBytes(seed, 3000))));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(out).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  }
});

test('explanations of a line cannot control the terminal either', () => {
  const hostile = 'a\x1b]0;t\x07\nNext: evil';
  const entry: LogEntry = {
    event: 'line',
    timeMs: TIME_MS,
    board: 'x',
    raw: 'x',
    explanation: hostile,
    advice: hostile,
  };
  const safe = 'a\\x1b]0;t\\x07\\x0aNext: evil';
  expect(show([entry])).toBe(`x\n  ↳ ${safe}\n  ↳ ${safe}\n`);
});
