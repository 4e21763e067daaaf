// esp-portal monitor

import { PortalError } from '../../errors.js';
<<<<<<< HEAD
import type { EventFilter } from '../../log/event-filter.js';
import type { LogEntry } from '../../log/events.js';
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
  'show-secrets': { type: 'boolean', default: false, describe: 'Do not mask passwords in the log' },
} as const satisfies OptionTable;

const MONITOR_OPTIONS = {
  ...FOLLOW_OPTIONS,
  reset: { type: 'boolean', default: false, describe: 'Reset the board first' },
  'boot-baud': {
    type: 'string',
    mayBeEmpty: true,
    coerce: bootBaudRate,
    defaultDescription: `${ESP8266_ROM_BAUD_RATE} if given without a value`,
    describe: "Switch to this baud rate at resets, to read an ESP8266's ROM",
  },
  // Not `baud`: what the environment and files say of that is for flashing.
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
=======
import { defineCommand } from '../command.js';
import { MONITOR_OPTIONS } from '../options/follow.js';
>>>>>>> main

export const monitorCommand = defineCommand({
  name: 'monitor',
  followsBoard: true,
  summary: "Show the board's log with explanations",
  details: [
    'Ctrl-] leaves, Ctrl-R resets the board, Ctrl-T shows the keys. Ctrl-C leaves too; with `--interactive` it ' +
      'goes to the board. Events: [events.md](events.md).',
    'Opening the port does not reset the board. When the port disappears, monitor waits for the adapter with the same ' +
      'USB serial number, also at another path.',
    'Passwords are masked everywhere, in `--raw`, `--json` and `--log-file` too. Control sequences of the board do not ' +
      'reach a terminal; with `--interactive`, those that edit the current line do. With `--raw` or `--interactive` ' +
      'into a pipe or a file, the bytes are passed unchanged except for masked passwords.',
  ],
  options: MONITOR_OPTIONS,
  examples: [
    ['monitor', 'show the log until Ctrl-C'],
    [
      'monitor --until wifi.connected --fail-on crash,python --timeout 60 --json',
      'wait for the network, in a script',
    ],
    ['monitor --reset --boot-baud', 'show the log from the first message of the ROM'],
    ['monitor --exclude sdk,dns --log-file board.log', 'show less, keep everything in a file'],
    ['monitor --interactive', 'use the REPL'],
  ],
  async run(args, context) {
    if (args.json && (args.raw || args.interactive)) {
      throw new PortalError('usage', '--json cannot be combined with --raw or --interactive.');
    }
    const { monitorOnTerminal } = await import('../terminal/monitor-terminal.js');
    return await monitorOnTerminal(args, context);
  },
});
