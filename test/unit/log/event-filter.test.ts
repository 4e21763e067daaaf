import { describe, expect, test } from 'vitest';
import { EventFilter } from '../../../src/log/event-filter.js';
import type { LogEntry } from '../../../src/log/events.js';

const entry = (event: LogEntry['event'], raw = ''): LogEntry =>
  ({ event, raw, timeMs: 0, board: 'desk' }) as unknown as LogEntry;
const matches = (list: string, ...given: Parameters<typeof entry>) =>
  new EventFilter(list, '--until').matches(entry(...given));

test('a name selects its event, a family all of its events', () => {
  expect(matches('wifi.connected,line', 'wifi.connected')).toBe(true);
  expect(matches('wifi.connected,line', 'wifi.failed')).toBe(false);
  expect(matches('wifi', 'wifi.failed')).toBe(true);
  expect(matches('boot', 'portal.ready')).toBe(false);
});

test('a pattern selects lines that match, and may have commas, slashes and flags', () => {
  expect(matches('/a, b/', 'line', 'x a, b y')).toBe(true);
  expect(matches('creds,/^GO/i,dns', 'line', 'go on')).toBe(true);
  expect(matches('/a\\/b/', 'line', 'a/b')).toBe(true);
  const filter = new EventFilter('/x/g', '--until'); // a global pattern would remember where it was
  expect([1, 2, 3].map(() => filter.matches(entry('line', 'x')))).toEqual([true, true, true]);
});

test('a pattern that takes too long for a line is an error, and ends', () => {
  expect(() => matches('/(a+)+b/', 'line', 'a'.repeat(60))).toThrow(
    '--until /(a+)+b/ takes more than 1000 ms for a line of 60 characters.',
  );
});

describe('an invalid value is reported with its option', () => {
  test.each([
    ['no.such', '--until: there is no event "no.such". Use boot.rom, '],
    ['wif', 'there is no event "wif". Did you mean wifi?'],
    ['creds,wifi.conected', 'there is no event "wifi.conected". Did you mean wifi.connected?'],
    ['/(/', 'not a regular expression'],
    [',', 'needs the name of an event'],
  ])('%s', (list, message) => {
    expect(() => new EventFilter(list, '--until')).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
    );
  });
});
