// esp-portal monitor

import type { Argv, CommandModule } from 'yargs';
import { PortalError } from '../../errors.js';
import { EventFilter } from '../../log/event-filter.js';
import type { LogEntry } from '../../log/events.js';
import type { MonitorOptions } from '../../operations/monitor.js';
import type { Port } from '../../serial/port.js';
import { type CommonArguments, logBaudOption, sizeInBytes, timeoutOption } from '../options.js';
import type { Outcome } from '../reporter.js';
import { runCommand } from '../run.js';
import { TIMESTAMPS, type Timestamp } from '../log-view.js';

/** The usual rate of an ESP8266's ROM, whose crystal has 26 MHz where it was made for 40. */
const ESP8266_ROM_BAUD_RATE = 74880;

/** Options of every command that follows the log. */
export interface FollowArguments {
  until: EventFilter | undefined;
  'fail-on': EventFilter | undefined;
  /** Milliseconds. */
  timeout: number | undefined;
  timestamp: Timestamp;
}

export interface MonitorArguments extends CommonArguments, FollowArguments {
  baud: number | undefined;
  reset: boolean;
  'boot-baud': number | undefined;
  reconnect: boolean;
  filter: EventFilter | undefined;
  exclude: EventFilter | undefined;
  raw: boolean;
  interactive: boolean;
  'show-secrets': boolean;
  'log-file': string | undefined;
  'log-size': number | undefined;
}

export function followOptions<T>(yargs: Argv<T>) {
  return timeoutOption(yargs, 'Seconds until it gives up')
    .option('until', eventsOption('until', 'End at one of these events: names, families, /patterns/ of text'))
    .option('fail-on', eventsOption('fail-on', 'End with status 7 at one of these, such as crash,python'))
    .option('timestamp', {
      choices: TIMESTAMPS,
      default: 'none' as Timestamp,
      describe: 'Time before each line; delta counts from the one before',
    });
}

function eventsOption(name: string, describe: string) {
  return {
    type: 'string',
    requiresArg: true,
    describe,
    coerce: (list: string | undefined) =>
      list === undefined ? undefined : new EventFilter(list, `--${name}`),
  } as const;
}

export const monitorCommand: CommandModule<CommonArguments, MonitorArguments> = {
  command: 'monitor',
  describe: "Follow the board's log and understand it",
  builder: (yargs) =>
    logBaudOption(followOptions(yargs))
      .option('filter', eventsOption('filter', 'Show these events only'))
      .option('exclude', eventsOption('exclude', 'Hide these, such as sdk,dns.query'))
      .option('reset', { type: 'boolean', default: false, describe: 'Restart the board first' })
      .option('boot-baud', {
        type: 'string',
        coerce: bootBaudRate,
        describe: `Follow an ESP8266's ROM through resets at this rate (${ESP8266_ROM_BAUD_RATE} unless given)`,
      })
      .option('reconnect', {
        type: 'boolean',
        default: true,
        describe: 'Wait for the port when it goes away (--no-reconnect: end)',
      })
      .option('raw', { type: 'boolean', default: false, describe: 'The bytes as they come' })
      .option('interactive', {
        alias: 'i',
        type: 'boolean',
        default: false,
        describe: 'A terminal for the REPL: keys go to the board, Ctrl-C too',
      })
      .option('show-secrets', { type: 'boolean', default: false, describe: 'Do not mask passwords' })
      .option('log-file', {
        type: 'string',
        requiresArg: true,
        describe: 'Append everything to this file, whatever the screen shows',
      })
      .option('log-size', {
        type: 'string',
        requiresArg: true,
        coerce: sizeInBytes,
        defaultDescription: '10M',
        describe: 'Put the file aside (.1 to .3) when it is this large',
      })
      .example('$0 monitor', 'until Ctrl-C')
      .example('$0 monitor --until wifi.connected --fail-on crash,python --timeout 60 --json', 'in a script')
      .example('$0 monitor --reset --boot-baud', 'from the first word of the ROM')
      .example('$0 monitor -i', 'a REPL'),
  handler: (args) =>
    runCommand('monitor', args, async (context) => {
      if (args.json && (args.raw || args.interactive)) {
        throw new PortalError('usage', '--json shows events; it cannot be had with --raw or --interactive.');
      }
      const { monitorOnTerminal } = await import('../monitor-terminal.js');
      return await monitorOnTerminal(
        args,
        context,
      );
    }),
};

function bootBaudRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text === '' ? ESP8266_ROM_BAUD_RATE : Number(text);
  if (Number.isInteger(value) && value >= 9600 && value <= 4_000_000) return value;
  throw new PortalError('usage', `--boot-baud ${text}: give a rate such as ${ESP8266_ROM_BAUD_RATE}.`);
}

/** Follows the log; Ctrl-C is how a person ends that when nothing else is waited for. */
export async function follow(port: Port, options: MonitorOptions): Promise<Outcome> {
  const { monitor } = await import('../../operations/monitor.js');
  return await untilEnd(monitor(port, options), options);
}

/** What the end of following a log means. */
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
