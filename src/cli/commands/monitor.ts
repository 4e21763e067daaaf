// esp-portal monitor

import { PortalError } from '../../errors.js';
import { LOG_EVENT_NAMES, type LogEventName } from '../../log/events.js';
import type { MonitorOptions } from '../../operations/monitor.js';
import type { Port } from '../../serial/port.js';
import { defineCommand, type OptionTable } from '../command.js';
import { timeoutOption } from '../options.js';
import type { Outcome } from '../reporter.js';

/** Options of every command that follows the log. */
export const FOLLOW_OPTIONS = {
  until: {
    type: 'string',
    requiresArg: true,
    complete: 'events',
    describe: 'End at one of these events, separated by commas (portal.ready, wifi.connected, …)',
  },
  ...timeoutOption('Seconds until it gives up'),
} as const satisfies OptionTable;

export const monitorCommand = defineCommand({
  name: 'monitor',
  summary: "Follow the board's log and understand it",
  details: [],
  options: FOLLOW_OPTIONS,
  examples: [
    ['monitor', 'until Ctrl-C'],
    ['monitor --until wifi.connected --timeout 60 --json', 'in a script'],
  ],
  async run(args, { reporter, signal, openPort }) {
    const until = parseUntil(args.until);
    return follow(await openPort(), {
      until,
      timeoutMs: args.timeout,
      signal,
      onLog: reporter.log.bind(reporter),
    });
  },
});

/**
 * @returns the names in a list such as `portal.ready,wifi.connected`
 * @throws PortalError `usage`
 */
export function parseUntil(list: string | undefined): LogEventName[] {
  return (list ?? '')
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const known = LOG_EVENT_NAMES.find((candidate) => candidate === name);
      if (!known) {
        throw new PortalError(
          'usage',
          `There is no event "${name}"; there are ${LOG_EVENT_NAMES.join(', ')}.`,
        );
      }
      return known;
    });
}

/** Follows the log; Ctrl-C is how a person ends that when nothing else is waited for. */
export async function follow(port: Port, options: MonitorOptions): Promise<Outcome> {
  const { monitor } = await import('../../operations/monitor.js');
  try {
    const { event } = await monitor(port, options);
    return { fields: { until: event }, lines: [] };
  } catch (error) {
    const ended = options.signal?.aborted && !options.until?.length && options.timeoutMs === undefined;
    if (!ended) throw error;
    return { fields: {}, lines: [] };
  }
}
