// esp-portal monitor

import { PortalError } from '../../errors.js';
import type { EventFilter, LogEntry } from '../../operations/log/log-events.js';
import type { MonitorOptions } from '../../operations/log/monitor.js';
import { defineCommand, type OptionTable, type OptionValues } from '../command.js';
import { baudRate, sizeInBytes, timeoutOption } from '../options/shared.js';
import type { Timestamp } from '../report/log-view.js';
import type { Outcome } from '../report/reporter.js';

/** What an ESP8266's ROM speaks with the usual crystal of 26 MHz. */
const ESP8266_ROM_BAUD_RATE = 74880;

/** Options of every command that follows the log. */
export const FOLLOW_OPTIONS = {
  until: {
    type: 'string',
    requiresArg: true,
    complete: 'events',
    check: eventsOf('until'),
    describe: 'End at one of these events: names (portal.ready,…), families (wifi) or /patterns/ of text',
  },
  'fail-on': {
    type: 'string',
    requiresArg: true,
    complete: 'events',
    check: eventsOf('fail-on'),
    describe: 'End with status 7 at one of these, such as crash,python.traceback',
  },
  ...timeoutOption('Seconds until it gives up'),
  timestamp: {
    choices: ['none', 'iso', 'epoch', 'delta'] as const satisfies readonly Timestamp[],
    default: 'none',
    describe: 'Time before each line; delta counts from the one before',
  },
  filter: {
    type: 'string',
    requiresArg: true,
    complete: 'events',
    check: eventsOf('filter'),
    describe: 'Show these events only',
  },
  exclude: {
    type: 'string',
    requiresArg: true,
    complete: 'events',
    check: eventsOf('exclude'),
    describe: 'Hide these events, such as sdk,dns.query',
  },
  'log-file': {
    type: 'string',
    requiresArg: true,
    complete: 'files',
    path: true,
    describe: 'Append everything to this file, whatever the screen shows',
  },
  'log-size': {
    type: 'string',
    requiresArg: true,
    coerce: sizeInBytes,
    defaultDescription: '10M',
    describe: 'Rotate the log file at this size (keeps .1 to .3)',
  },
  reconnect: {
    type: 'boolean',
    default: true,
    describe: 'Wait for the port when it goes away (--no-reconnect: end)',
  },
  'show-secrets': { type: 'boolean', default: false, describe: 'Do not mask passwords in the log' },
} as const satisfies OptionTable;

const MONITOR_OPTIONS = {
  ...FOLLOW_OPTIONS,
  reset: { type: 'boolean', default: false, describe: 'Restart the board first' },
  'boot-baud': {
    type: 'string',
    mayBeEmpty: true,
    coerce: bootBaudRate,
    defaultDescription: `${ESP8266_ROM_BAUD_RATE} when given without a value`,
    describe: "Follow an ESP8266's ROM through resets at this rate",
  },
  // Not `baud`: what the environment and files say of that is for flashing.
  'log-baud': {
    alias: 'b',
    type: 'string',
    requiresArg: true,
    coerce: baudRate,
    defaultDescription: '115200',
    describe: 'Bits a second of the log',
  },
  interactive: {
    alias: 'i',
    type: 'boolean',
    default: false,
    describe: 'A terminal for the REPL: keys go to the board, Ctrl-C too',
  },
  raw: { type: 'boolean', default: false, describe: 'Show the bytes as they come' },
} as const satisfies OptionTable;

export type FollowValues = OptionValues<typeof FOLLOW_OPTIONS>;
export type MonitorValues = OptionValues<typeof MONITOR_OPTIONS>;

export const monitorCommand = defineCommand({
  name: 'monitor',
  followsBoard: true,
  summary: "Follow the board's log and understand it",
  details: [
    'Ctrl-] leaves, Ctrl-R resets the board, Ctrl-T shows the keys. Ctrl-C leaves too, but goes to the board with ' +
      '`--interactive`. What the events are: [events.md](events.md).',
    'Opening the port does not reset the board. When the port goes away it is waited for: the same adapter by its USB ' +
      'serial number, wherever the system puts it.',
    'Passwords are masked everywhere, in `--raw`, `--json` and `--log-file` too. Control sequences of the board do not ' +
      'reach a terminal; with `--interactive` those pass that move along a line. With `--raw` or `--interactive` into a ' +
      'pipe or a file, the bytes go out as they are, passwords masked.',
  ],
  options: MONITOR_OPTIONS,
  examples: [
    ['monitor', 'until Ctrl-C'],
    ['monitor --until wifi.connected --fail-on crash,python --timeout 60 --json', 'in a script'],
    ['monitor --reset --boot-baud', 'from the first word of the ROM'],
    ['monitor --exclude sdk,dns --log-file board.log', 'less on the screen, everything in the file'],
    ['monitor --interactive', 'a REPL'],
  ],
  async run(args, context) {
    if (args.json && (args.raw || args.interactive)) {
      throw new PortalError('usage', '--json cannot be combined with --raw or --interactive.');
    }
    const { monitorOnTerminal } = await import('../terminal/monitor-terminal.js');
    return await monitorOnTerminal(args, context);
  },
});

function bootBaudRate(text: string | undefined): number | undefined {
  return text === '' ? ESP8266_ROM_BAUD_RATE : baudRate(text);
}

function eventsOf(option: string): (list: string) => Promise<void> {
  return async (list) => void (await eventFilters({ [option]: list }, [option]));
}

/**
 * Reads the options that name events.
 * @throws PortalError `usage`
 */
export async function eventFilters<const K extends string>(
  values: Readonly<Partial<Record<K, string | undefined>>>,
  options: readonly K[],
): Promise<Record<K, EventFilter | undefined>> {
  const { EventFilter } = await import('../../operations/log/log-events.js');
  const entries = options.map((option) => {
    const list = values[option];
    return [option, list === undefined ? undefined : new EventFilter(list, `--${option}`)];
  });
  return Object.fromEntries(entries) as Record<K, EventFilter | undefined>;
}

/** What the end of following a log means: Ctrl-C is how a person ends it when nothing else is waited for. */
export async function untilEnd(
  following: Promise<LogEntry>,
  { until, timeoutMs, signal }: Pick<MonitorOptions, 'until' | 'timeoutMs' | 'signal'>,
): Promise<Outcome> {
  try {
    const { event } = await following;
    return { fields: { until: event }, lines: [] };
  } catch (error) {
    const isLeft = signal?.aborted && !until && timeoutMs === undefined;
    if (!isLeft) throw error;
    return { fields: {}, lines: [] };
  }
}
