// One line of a board's log → its meaning. Parses the output of the portal, of the blog series' program that it grew from,
// of ROMs and of SDKs.

import { BOOT_RULES, readGluedBootLine } from './boot/boot-lines.js';
import { errnoAdvice, wifiReason } from './crash/python-errors.js';
import type { LineMeaning } from './events.js';
import { joinCode } from './join-code.js';
import { exactly, type LineRule, matching, readByRules, ruleTable, starting } from './line-rules.js';
import { FAILED_JOIN } from './redaction/portal-secrets.js';
import { SDK_RULES } from './sdk-noise.js';

const LINE: LineMeaning = { event: 'line' };

const WLAN_STATUS = '. WLAN status=';

const DOT = 0x2e;
const SPACE = 0x20;

type ErrorEvent = Extract<LineMeaning, { message: string }>['event'];

/** A fixed text, then the text of the exception. */
function failing(start: string, event: Exclude<ErrorEvent, 'python.traceback'>): LineRule {
  return {
    start,
    read: (line) => {
      const message = line.slice(start.length).trim();
      const advice = errnoAdvice(message);
      return { event, message, ...(advice === undefined ? {} : { advice }) };
    },
  };
}

const PORTAL_RULES: readonly LineRule[] = [
  { start: 'Sending ', read: readQuery },
  { start: 'HTTP ', read: readRequest },
  starting('HTTP Server listening on ', { event: 'http.listening' }),
  exactly('HTTP Server stopped', { event: 'http.stopped' }),
  failing('HTTP server exception:', 'http.error'),
  starting('DNS Server listening on ', { event: 'dns.listening' }),
  exactly('DNS Server stopped', { event: 'dns.stopped' }),
  failing('DNS server exception:', 'dns.error'),
  starting('Got data: ', { event: 'dns.data' }),
  exactly('Configured DNS server', { event: 'dns.ready' }),
  exactly('Configured HTTP server', { event: 'http.ready' }),
  matching('Connection attempt ', /^Connection attempt (\d+)\/(\d+)/, ([, attempt, attempts]) => ({
    event: 'wifi.attempt',
    attempt: Number(attempt),
    attempts: Number(attempts),
  })),
  exactly('Connection in progress', { event: 'wifi.waiting' }),
  exactly('Connected to WiFi!', LINE), // its network was reported before
  matching('Connected to ', /^Connected to (.*?)(?:, address ([\d.]+))?$/, ([, ssid = '', address]) => ({
    event: 'wifi.connected',
    ssid,
    address,
  })),
  exactly('Connect with saved credentials failed, starting captive portal', { event: 'creds.failed' }),
  matching(
    'Trying to connect to SSID ',
    /^Trying to connect to SSID '(.*?)'(?: with password .*)?$/,
    ([, ssid = '']) => ({ event: 'wifi.connecting', ssid }),
  ),
  starting('Trying to load WiFi credentials from ', { event: 'creds.loading' }),
  { start: FAILED_JOIN, read: readFailedJoin },
  failing('Station exception:', 'wifi.error'),
  failing('Scan failed:', 'wifi.error'),
  starting('Loaded WiFi credentials from ', { event: 'creds.loaded' }),
  starting('Wrote credentials to ', { event: 'creds.saved' }),
  starting('Invalid credentials file:', { event: 'creds.invalid' }),
  failing('Could not write credentials:', 'creds.error'),
  exactly('./wifi.creds does not exist', { event: 'creds.missing' }),
  exactly('Waiting for access point to turn on', { event: 'ap.starting' }),
  matching('AP mode configured: ', /^AP mode configured: \('([\d.]+)'/, ([, address = '']) => ({
    event: 'ap.ready',
    address,
  })),
  exactly('Turned off access point', { event: 'ap.stopped' }),
  exactly('Starting captive portal', { event: 'portal.starting' }),
  matching(
    'Captive portal ready: ',
    /^Captive portal ready: join (protected )?WiFi '(.*)', then open (\S+)$/,
    ([, isProtected, essid = '', url = '']) => {
      const hasPassword = isProtected !== undefined;
      const join = hasPassword ? undefined : joinCode(essid);
      return { event: 'portal.ready', essid, url, hasPassword, join };
    },
  ),
  exactly('Captive portal stopped', { event: 'portal.stopped' }),
  failing('Captive portal exception:', 'portal.error'),
  exactly('Cleaning up', { event: 'portal.closed' }),
  matching('MicroPython ', /^MicroPython v?(\S+) on \S+; (.+)$/, ([, version = '', machine = '']) => ({
    event: 'boot.micropython',
    version,
    machine,
  })),
  exactly('MPY: soft reboot', { event: 'boot.soft' }),
];

// The longest of logs are made of these two.

function readQuery(line: string): LineMeaning | undefined {
  const arrow = line.lastIndexOf(' -> ');
  if (arrow < 0) return undefined;
  const end = line.charCodeAt(arrow - 1) === DOT ? arrow - 1 : arrow; // the root's dot
  return { event: 'dns.query', name: line.slice('Sending '.length, end), address: line.slice(arrow + 4) };
}

/** `HTTP 302 GET host/path`; the method is `-` where there was none to be read. */
function readRequest(line: string): LineMeaning | undefined {
  const status = Number(line.slice(5, 8));
  const methodEnd = line.indexOf(' ', 9);
  if (!(status >= 100) || line.charCodeAt(8) !== SPACE || methodEnd < 0) return undefined;
  return {
    event: 'http.request',
    status,
    method: line.slice(9, methodEnd),
    target: line.slice(methodEnd + 1),
  };
}

function readFailedJoin(line: string): LineMeaning | undefined {
  const end = line.lastIndexOf(WLAN_STATUS);
  const match = /^(-?\d+)(?: \((.*)\))?$/.exec(line.slice(end + WLAN_STATUS.length));
  if (end < FAILED_JOIN.length || !match) return undefined;
  const [, statusText, reason] = match;
  const status = Number(statusText);
  const network = line.slice(FAILED_JOIN.length, end);
  // The blog series' program, which gives no reason, names the password after the network.
  const withAt = reason === undefined ? network.indexOf(' with ') : -1;
  const ssid = withAt < 0 ? network : network.slice(0, withAt);
  return { event: 'wifi.failed', ssid, status, reason: reason ?? wifiReason(status) };
}

const RULES = ruleTable([...PORTAL_RULES, ...BOOT_RULES, ...SDK_RULES]);

/**
 * @param line without its line end and colours, passwords masked (see redaction/redactor.ts)
 * @param isPlain nothing but printable ASCII is in it
 */
export function parseLine(line: string, isPlain: boolean): LineMeaning {
  return readByRules(RULES, line) ?? (isPlain ? undefined : readGluedBootLine(line)) ?? LINE;
}
