// Options of the commands that follow the log, and how their values are read.

import type { EventFilter } from '../../operations/log/log-events.js';
import type { OptionValues } from '../command.js';
import type { Timestamp } from '../report/log-view.js';
import type { OptionTable } from './option-table.js';
import { baudRate, QR_OPTION, sizeInBytes, timeoutOption } from './shared.js';

/** Baud rate of an ESP8266's ROM with the usual crystal of 26 MHz. */
const ESP8266_ROM_BAUD_RATE = 74880;

/** Options of every command that follows the log. */
export const FOLLOW_OPTIONS = {
  until: {
    type: 'string',
    requiresArg: true,
    complete: 'events',
    check: eventsOf('until'),
    describe: 'End at one of these events: names (portal.ready,…), families (wifi) or text (/pattern/)',
  },
  'fail-on': {
    type: 'string',
    requiresArg: true,
    complete: 'events',
    check: eventsOf('fail-on'),
    describe: 'End with status 7 at one of these events, such as crash,python.traceback',
  },
  ...timeoutOption('End with status 8 after this many seconds'),
  timestamp: {
    choices: ['none', 'iso', 'epoch', 'delta'] as const satisfies readonly Timestamp[],
    default: 'none',
    describe: 'Time in front of each line; delta is the time since the previous line',
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
    describe: 'Append all lines to this file, also those that are not shown',
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
    describe: 'Wait for the port when it disappears (--no-reconnect: end)',
  },
  ...QR_OPTION,
  'show-secrets': { type: 'boolean', default: false, describe: 'Do not mask passwords in the log' },
} as const satisfies OptionTable;

/** Those of monitor. */
export const MONITOR_OPTIONS = {
  ...FOLLOW_OPTIONS,
  reset: { type: 'boolean', default: false, describe: 'Reset the board first' },
  'boot-baud': {
    type: 'string',
    mayBeEmpty: true,
    coerce: bootBaudRate,
    defaultDescription: `${ESP8266_ROM_BAUD_RATE} if given without a value`,
    describe: "Switch to this baud rate at resets, to read an ESP8266's ROM",
  },
  // Not `baud`: its values in the environment and in files are for flashing.
  'log-baud': {
    alias: 'b',
    type: 'string',
    requiresArg: true,
    coerce: baudRate,
    defaultDescription: '115200',
    describe: 'Baud rate of the log',
  },
  interactive: {
    alias: 'i',
    type: 'boolean',
    default: false,
    describe: 'Use the REPL: keys go to the board, Ctrl-C too',
  },
  raw: { type: 'boolean', default: false, describe: 'Show the bytes of the board unchanged' },
} as const satisfies OptionTable;

export type FollowValues = OptionValues<typeof FOLLOW_OPTIONS>;
export type MonitorValues = OptionValues<typeof MONITOR_OPTIONS>;

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
