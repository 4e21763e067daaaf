// Joins a log that is followed with the terminal, pipe or file that it is shown on, and with the keys that are pressed.

import { PortalError } from '../../errors.js';
import type { EventFilter } from '../../log/event-filter.js';
import type { LogEntry } from '../../log/events.js';
import type { Redactor } from '../../log/secrets.js';
import { Monitor, type MonitorOptions } from '../../operations/monitor.js';
import { identifyPort, listPorts, reopenPort } from '../../port/reconnect.js';
import { eventFilters, type MonitorValues, untilEnd } from '../commands/monitor.js';
import { jsonReporter } from '../report/json-reporter.js';
import { LogFile } from '../report/log-file.js';
import { cleanReporter } from '../report/redaction.js';
import type { Outcome } from '../report/reporter.js';
import type { CommandContext } from '../run.js';
import { KEYS_HELP, listenToKeys } from './keys.js';
import { printable, TerminalFilter } from './text.js';

const DEFAULT_LOG_SIZE_BYTES = 10_000_000;

export async function monitorOnTerminal(args: MonitorValues, context: CommandContext): Promise<Outcome> {
  const { timeout: timeoutMs, reset, 'log-baud': baudRate } = args;
  const filters = await eventFilters(args, ['until', 'fail-on', 'filter', 'exclude']);
  const { until } = filters;
  const left = new AbortController();
  const signal = AbortSignal.any([context.signal, left.signal]);
  const path = args['log-file'];
  using file = path === undefined ? undefined : new LogFile(path, args['log-size'] ?? DEFAULT_LOG_SIZE_BYTES);
  using raw = args.raw || args.interactive ? rawSink(args) : undefined;
  const port = await context.openPort({ baudRate });
  const identity = await identifyPort(context.portAddress(), listPorts);
  const options: MonitorOptions = {
    ...{ until, failOn: filters['fail-on'], timeoutMs, reset, signal },
    bootBaudRate: args['boot-baud'],
    showSecrets: args['show-secrets'],
    redactor: context.redactor,
    onLog: logSink(args, filters, context, file),
    onRaw: raw?.push,
    reopen: args.reconnect
      ? (within) =>
          reopenPort(identity, {
            list: listPorts,
            open: (address) => context.openPort({ address, baudRate }),
            signal: within,
          })
      : undefined,
  };
  const monitor = new Monitor(port, options);
  using _keys = keys(monitor, args, left);
  return await untilEnd(monitor.follow(), options);
}

/** Everything goes to the file, and what is asked for to the screen. */
function logSink(
  args: MonitorValues,
  { filter, exclude }: Record<'filter' | 'exclude', EventFilter | undefined>,
  { reporter, redactor }: CommandContext,
  file: LogFile | undefined,
): (entry: LogEntry) => void {
  const { raw, interactive } = args;
  const toFile = file && fileSink(file, args, redactor);
  return (entry) => {
    if (!entry.unfinished) toFile?.(entry);
    if (filter && !filter.matches(entry)) return;
    if (exclude?.matches(entry)) return;
    if (!raw && !interactive) reporter.log(entry);
    // The bytes say everything else, and are not to be mixed with words of ours.
    else if (entry.event.startsWith('port.')) reporter.notice({ event: 'notice', message: entry.raw });
  };
}

function fileSink(file: LogFile, args: MonitorValues, redactor: Redactor): (entry: LogEntry) => void {
  const mask = (text: string) => (args['show-secrets'] ? text : redactor.mask(text));
  if (args.json)
    return cleanReporter(
      jsonReporter((line) => file.write(line)),
      mask,
    ).log;
  return ({ raw, timeMs }) => {
    const time = new Date(timeMs).toISOString();
    for (const line of mask(raw).split('\n')) file.write(`${time} ${printable(line)}`);
  };
}

/** To a terminal goes what cannot steer it; a pipe or a file gets the bytes. */
function rawSink({ interactive }: MonitorValues): { push: (bytes: Uint8Array) => void } & Disposable {
  const { stdout } = process;
  if (!stdout.isTTY) return { push: (bytes) => void stdout.write(bytes), [Symbol.dispose]() {} };
  const filter = new TerminalFilter({ allowsEditing: interactive });
  return {
    push: (bytes) => void stdout.write(filter.push(bytes)),
    [Symbol.dispose]: () => void stdout.write(filter.end()),
  };
}

function keys(monitor: Monitor, args: MonitorValues, left: AbortController): Disposable {
  const { stdin, stderr } = process;
  const isTyped = stdin.isTTY && process.stdout.isTTY;
  if (!isTyped && !args.interactive) return { [Symbol.dispose]() {} };
  // What fails here fails the reading of the port too, which reports it.
  const quietly = (act: Promise<void>) => void act.catch(() => {});
  let sent: Promise<void> = Promise.resolve();
  if (isTyped && !args.quiet) stderr.write(`${KEYS_HELP}\n`);
  const leave = () => left.abort(new PortalError('interrupted', 'monitor was left.'));
  return listenToKeys(stdin, {
    leave,
    interrupt: leave,
    reset: () => quietly(monitor.reset()),
    help: () => stderr.write(`\n${KEYS_HELP}\n`),
    send: args.interactive
      ? (bytes) => {
          sent = sent.then(() => monitor.write(bytes)); // in order
          quietly(sent);
        }
      : undefined,
  });
}
