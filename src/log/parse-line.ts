// One line of a board's log → an event. Understands our portal and the program of the blog series it grew from.

import type { LogEvent } from './events.js';

type Groups = Readonly<Record<string, string | undefined>>;

/** First match wins. Named groups are the fields. */
const LINES: readonly (readonly [RegExp, (groups: Groups) => LogEvent])[] = [
  [
    /rst cause:(?<cause>\d+), boot mode:\((?<mode>\d+),/,
    ({ cause, mode }) => ({ event: 'boot.rom', resetCause: Number(cause), bootMode: Number(mode) }),
  ],
  [
    /^MicroPython v?(?<version>\S+) on \S+; (?<board>.+)$/,
    ({ version = '', board = '' }) => ({ event: 'boot.micropython', version, board }),
  ],
  [/^Loaded WiFi credentials from /, () => ({ event: 'creds.loaded' })],
  [/wifi\.creds does not exist$/, () => ({ event: 'creds.missing' })],
  [/^Invalid credentials file:/, () => ({ event: 'creds.invalid' })],
  [/^Wrote credentials to /, () => ({ event: 'creds.saved' })],
  [
    /^Trying to connect to SSID '(?<ssid>.*)'(?: with password .*)?$/,
    ({ ssid = '' }) => ({ event: 'wifi.connecting', ssid }),
  ],
  [
    /^Connection attempt (?<attempt>\d+)\/(?<attempts>\d+)/,
    ({ attempt, attempts }) => ({
      event: 'wifi.attempt',
      attempt: Number(attempt),
      attempts: Number(attempts),
    }),
  ],
  [/^Connected to WiFi!$/, () => ({ event: 'line' })], // the attempt was reported with its network before
  [
    /^Connected to (?<ssid>.*?)(?:, address (?<address>\d+\.\d+\.\d+\.\d+))?$/,
    ({ ssid = '', address }) => ({ event: 'wifi.connected', ssid, address }),
  ],
  [
    /^Failed to connect to (?<ssid>.*?)(?: with .*)?\. WLAN status=(?<status>\d+)(?: \((?<reason>.*)\))?$/,
    ({ ssid = '', status, reason }) => ({ event: 'wifi.failed', ssid, status: Number(status), reason }),
  ],
  [/^Waiting for access point to turn on$/, () => ({ event: 'ap.starting' })],
  [/^AP mode configured: \('(?<address>[\d.]+)'/, ({ address = '' }) => ({ event: 'ap.ready', address })],
  [/^Turned off access point$/, () => ({ event: 'ap.stopped' })],
  [/^Starting captive portal$/, () => ({ event: 'portal.starting' })],
  [
    /^Captive portal ready: join WiFi '(?<essid>.*)', then open (?<url>\S+)$/,
    ({ essid = '', url = '' }) => ({ event: 'portal.ready', essid, url }),
  ],
  [/^Captive portal stopped$/, () => ({ event: 'portal.stopped' })],
  [/^DNS Server listening on /, () => ({ event: 'dns.listening' })],
  [
    /^Sending (?<name>.*)\. -> (?<address>[\d.]+)$/,
    ({ name = '', address = '' }) => ({ event: 'dns.query', name, address }),
  ],
  [/^DNS server exception: (?<message>.*)$/, ({ message = '' }) => ({ event: 'dns.error', message })],
  [/^HTTP Server listening on /, () => ({ event: 'http.listening' })],
  [
    /^HTTP (?<status>\d{3}) (?<method>[A-Z]+) (?<target>.*)$/,
    ({ status, method = '', target = '' }) => ({
      event: 'http.request',
      status: Number(status),
      method,
      target,
    }),
  ],
  [/^HTTP server exception: (?<message>.*)$/, ({ message = '' }) => ({ event: 'http.error', message })],
];

/** @param line without its line end, passwords already masked (see redact) */
export function parseLine(line: string): LogEvent {
  for (const [pattern, toEvent] of LINES) {
    const match = pattern.exec(line);
    if (match) return toEvent(match.groups ?? {});
  }
  return { event: 'line' };
}
