// What the SDK under MicroPython prints on its own, at any moment, also in the middle of a program's line.
// The ESP8266's comes from `ets_task` in MicroPython's ports/esp8266/ets_alt_task.c, which prints a line end after it.

import type { LineMeaning } from './events.js';
import { type LineRule, matching, starting } from './line-rules.js';

const ETS_TASK = /#\d+ ets_task\([0-9a-fx]+, \d+, [0-9a-fx]+, \d+\)/;
const ETS_TASK_KEY = ' ets_task(';
/** The beginning of such a message at the end of a line that has not ended. */
const ETS_TASK_BEGINNING = /#\d*(?: (?:e(?:t(?:s(?:_(?:t(?:a(?:s(?:k(?:\([^)]{0,60})?)?)?)?)?)?)?)?)?)?$/;

const NOISE: LineMeaning = { event: 'sdk.noise' };

/** ESP-IDF's log: level, milliseconds since the start, component; the WiFi component has no space after its name. */
const IDF_LOG = /^. \(\d+\) ([\w.-]+): ?(.*)$/;

/** Reports of the SDK that a person can do something about. */
const REPORTS: readonly (readonly [pattern: RegExp, explanation: string, advice: string])[] = [
  [
    /^LmacRxBlk/,
    'the receive buffers of WiFi are full: packets are lost',
    'Read sockets more often, close those that are done, and free memory with gc.collect().',
  ],
  [
    /psram: .*(?:ID read error|wrong PSRAM|PSRAM chip)/i,
    'the firmware is built for PSRAM, and this board has none or another kind',
    'Flash the build without PSRAM (no SPIRAM in its name), or the one for the kind on this board (SPIRAM_OCT).',
  ],
  [
    /task_wdt: Task watchdog got triggered/,
    'a task kept the processor for too long',
    'Let long loops sleep: call time.sleep_ms(1) or await asyncio.sleep_ms(1) in them.',
  ],
];

/** Explanation and advice for a report of the SDK. */
export function sdkAdvice(line: string): { explanation?: string; advice?: string } {
  const [, explanation, advice] = REPORTS.find(([pattern]) => pattern.test(line)) ?? [];
  return explanation === undefined || advice === undefined ? {} : { explanation, advice };
}

function sdkError(line: string, message: string): LineMeaning {
  return { event: 'sdk.error', message, ...sdkAdvice(line) };
}

/** Debug output of the ESP8266's SDK (`esp.osdebug`), by its first words. */
const SDK_PATTERNS: readonly (readonly [start: string, pattern: RegExp])[] = [
  ['state: ', /^state: \d+ -> \d+ \(/],
  ['add ', /^add (?:if)?\d+$/],
  ['del if', /^del if\d/],
  ['aid ', /^aid \d+$/],
  ['cnt', /^cnt ?$/],
  ['mode : ', /^mode : (?:sta|softAP|null)/],
  ['sleep ', /^sleep (?:enable|disable)/],
  ['rf[', /^rf\[\d+\]/],
  ['f r', /^f r\d/],
  ['wifi evt: ', /^wifi evt: \d/],
  ['no ', /^no \S.* found, reconnect/],
  ['ip:', /^ip:[\d.]+,mask:/],
  ['connected with ', /, channel \d+$/],
  ['v', /^v[0-9a-f]{8}$/], // of the boot loader
];
const SDK_STARTS = [
  ...['scandone', 'bcn_timout', 'ap_probe_send', 'pm open', 'pm close', 'reconnect', 'dhcp client start'],
  ...['rf cal sector', 'freq trace', 'chg_A1', 'chg_B1', 'usl', 'rm match', 'pp_task_', 'fpm ', 'ets_task('],
];

export const SDK_RULES: readonly LineRule[] = [
  matching('E (', IDF_LOG, ([line = '', component = '', message = '']) =>
    sdkError(line, `${component}: ${message}`),
  ),
  { start: 'LmacRxBlk', read: (line) => sdkError(line, line) },
  ...['W (', 'I (', 'D (', 'V ('].map((start) => matching(start, IDF_LOG, () => NOISE)),
  ...SDK_PATTERNS.map(([start, pattern]) => matching(start, pattern, () => NOISE)),
  ...SDK_STARTS.map((start) => starting(start, NOISE)),
];

/** Whether a closer look is needed. */
export function mayHoldEtsTask(text: string): boolean {
  return text.includes(ETS_TASK_KEY);
}

/** Splits a line at SDK noise in it; `undefined` if it has none. */
export function cutEtsTask(line: string): { before: string; noise: string; after: string } | undefined {
  if (!mayHoldEtsTask(line)) return undefined;
  const match = ETS_TASK.exec(line);
  if (!match) return undefined;
  const [noise] = match;
  return {
    before: line.slice(0, match.index),
    noise,
    after: line.slice(match.index + noise.length),
  };
}

/** The line without the beginning of a message that may continue. */
export function withoutNoiseBeginning(line: string): string {
  return line.includes('#') ? line.replace(ETS_TASK_BEGINNING, '') : line;
}

/** What begins a message of the SDK that goes on to the end of its line: ESP-IDF's log, with its colours, or an ESP8266's. */
const INSERTED_BEGINNING = [
  String.raw`(?:\x1b\[[\d;]*m)?[EWIDV] \(\d+\) ?[\w.:-]+:`,
  'ap_probe_send over, ',
  'pm (?:open|close)',
].join('|');
/** Messages of an ESP8266's SDK of which no more is known than this. */
const INSERTED_WHOLE = [
  ETS_TASK.source,
  String.raw`LmacRxBlk:\d+`,
  'bcn_timou?t,?(?:ap_probe_send_start)?',
  'scandone',
  String.raw`state: \d+ -> \d+ \(\w+\)`,
  'rm (?:match|0)',
].join('|');
/** At the end of a line; the first beginning counts, so that no search is repeated from every one. */
const INSERTED = new RegExp(`(?:${INSERTED_BEGINNING}).*$|(?:${INSERTED_WHOLE})$`, 's');

/** Takes the SDK's messages, which may stand in the middle of a line, out of the answer to a program that was sent to a board. */
export function withoutSdkLines(output: string): string {
  const lines = output.split(/(?<=\n)/);
  return lines.map((line) => (line.endsWith('\n') ? withoutInserted(line) : line)).join('');
}

/** @param line with its line end, which is the SDK's if a message is before it */
function withoutInserted(line: string): string {
  const end = line.endsWith('\r\n') ? line.length - 2 : line.length - 1;
  // No message goes across an end of the board's output.
  const start = 1 + Math.max(line.lastIndexOf('\r', end - 1), line.lastIndexOf('\x04', end - 1));
  const at = INSERTED.exec(line.slice(start, end))?.index;
  return at === undefined ? line : line.slice(0, start + at);
}
