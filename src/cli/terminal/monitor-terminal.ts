// Joins a log that is followed with the terminal, pipe or file that it is shown on, and with the keys that are pressed.

import { PortalError } from '../../errors.js';
import type { EventFilter, LogEntry } from '../../operations/log/log-events.js';
import { Monitor, type MonitorOptions } from '../../operations/log/monitor.js';
import { identifyPort, reopenPort } from '../../operations/log/reconnect.js';
import type { Redactor } from '../../operations/log/secrets.js';
import { listPorts, type Port } from '../../operations/ports/ports.js';
import type { CommandContext } from '../context.js';
import type { Host } from '../host.js';
import { eventFilters, type FollowValues, type MonitorValues } from '../options/follow.js';
import { cleanReporter } from '../report/clean-report.js';
import { jsonReporter } from '../report/json-reporter.js';
import { LogFile } from '../report/log-file.js';
import type { Outcome } from '../report/reporter.js';
import { isInBackground } from './job-control.js';
import { KEYS_HELP, listenToKeys, noResetLines } from './keys.js';
import { rawSink } from './raw-sink.js';
import { printable } from './text.js';

const DEFAULT_LOG_SIZE_BYTES = 10_000_000;

export async function monitorOnTerminal(args: MonitorValues, context: CommandContext): Promise<Outcome> {
  const { 'log-baud': baudRate, 'boot-baud': bootBaudRate, reset } = args;
  using view = new FollowView(args, context, await followFilters(args));
  const port = await context.openPort({ baudRate });
  return await view.follow(port, { reset, bootBaudRate, baudRate });
}

/** Of monitor alone: bytes instead of events. */
type FollowArgs = FollowValues & Partial<Pick<MonitorValues, 'raw' | 'interactive'>>;
type Filters = Awaited<ReturnType<typeof followFilters>>;
type FollowOptions = Pick<MonitorOptions, 'reset' | 'bootBaudRate' | 'log'> & {
  baudRate?: number | undefined;
};

/** @throws PortalError `usage` for an event that does not exist */
export async function followFilters(args: FollowValues) {
  return await eventFilters(args, ['until', 'fail-on', 'filter', 'exclude']);
}

/** What a log is shown on, opened before the board is touched: it may be a file that cannot be written. */
export class FollowView implements Disposable {
  readonly #args: FollowArgs;
  readonly #context: CommandContext;
  readonly #filters: Filters;
  readonly #file: LogFile | undefined;
  /** Shows one event of the log. */
  readonly onLog: (entry: LogEntry) => void;

  constructor(args: FollowArgs, context: CommandContext, filters: Filters) {
    this.#args = args;
    this.#context = context;
    this.#filters = filters;
    const path = args['log-file'];
    this.#file =
      path === undefined ? undefined : new LogFile(path, args['log-size'] ?? DEFAULT_LOG_SIZE_BYTES);
    this.onLog = logSink(args, filters, context, this.#file);
  }

  /** Follows the log, with keys on a terminal, to what ends it. */
  async follow(port: Port, options: FollowOptions = {}): Promise<Outcome> {
    const { timeout: timeoutMs, 'show-secrets': showSecrets, raw, interactive = false } = this.#args;
    const { until, 'fail-on': failOn } = this.#filters;
    const { host, redactor } = this.#context;
    const left = new AbortController();
    const { signal, isLeft } = this.#ending(left);
    using bytes = raw || interactive ? rawSink({ interactive, stdout: host.stdout }) : undefined;
    const { baudRate, ...rest } = options;
    const monitor = new Monitor(port, {
      ...{ until, failOn, timeoutMs, showSecrets, redactor, signal, ...rest },
      onLog: this.onLog,
      onRaw: bytes?.push,
      reopen: await this.#reopener(baudRate),
    });
    using _keys = keys(monitor, port, this.#args, left, host);
    return await untilEnd(monitor.follow(), isLeft);
  }

  /**
   * What ends the log, and whether a person has ended it when nothing else was waited for.
   * @param left aborts at the keys that leave
   */
  #ending(left: AbortController): { signal: AbortSignal; isLeft: () => boolean } {
    const { signal: interrupted, interruptedBy, outputLost } = this.#context;
    const { until, 'fail-on': failOn } = this.#filters;
    const isOnlyShown = until === undefined && failOn === undefined;
    const isEndless = until === undefined && this.#args.timeout === undefined;
    const signal = AbortSignal.any([interrupted, left.signal, ...(isOnlyShown ? [outputLost] : [])]);
    const isLeft = () => {
      if (!signal.aborted) return false;
      const { reason } = signal;
      if (isOnlyShown && reason === outputLost.reason) return true; // the output reports it
      if (!isEndless || reason.code !== 'interrupted') return false;
      return reason === left.signal.reason || interruptedBy() === 'SIGINT';
    };
    return { signal, isLeft };
  }

  async #reopener(baudRate: number | undefined): Promise<MonitorOptions['reopen']> {
    if (!this.#args.reconnect) return undefined;
    const { openPort, portAddress } = this.#context;
    const identity = await identifyPort(portAddress(), listPorts);
    const open = (address: string) => openPort({ address, baudRate });
    return (signal) => reopenPort(identity, { list: listPorts, open, signal });
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }
}

/** Writes all events to the file, and the selected ones to the screen. */
function logSink(
  args: FollowArgs,
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
    // Everything else is in the bytes, which must not be mixed with other text.
    else if (entry.event.startsWith('port.')) reporter.notice({ event: 'notice', message: entry.raw });
  };
}

function fileSink(file: LogFile, args: FollowArgs, redactor: Redactor): (entry: LogEntry) => void {
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

function keys(
  monitor: Monitor,
  port: Port,
  args: FollowArgs,
  left: AbortController,
  { stdin, stdout, stderr }: Host,
): Disposable {
  const isTyped = stdin.isTTY && stdout.isTTY;
  if (!args.interactive && (!isTyped || isInBackground())) return { [Symbol.dispose]() {} };
  // What fails here fails the reading of the port too, which reports it.
  const quietly = (act: Promise<void>) => void act.catch(() => {});
  let sent: Promise<void> = Promise.resolve();
  const leaveBy = (key: string) => () => left.abort(new PortalError('interrupted', `Interrupted by ${key}.`));
  const listening = listenToKeys(stdin, {
    leave: leaveBy('Ctrl-]'),
    interrupt: leaveBy('Ctrl-C'),
    reset: () => {
      if (port.hasLines) quietly(monitor.reset());
      else stderr.write(`\n${noResetLines(port)}\n`);
    },
    help: () => stderr.write(`\n${KEYS_HELP}\n`),
    send: args.interactive
      ? (bytes) => {
          sent = sent.then(() => monitor.write(bytes)); // in order
          return sent.catch(() => {});
        }
      : undefined,
    tooLong: (limitBytes) =>
      left.abort(
        new PortalError('usage', `Standard input has a line of more than ${limitBytes / 1024} KB.`, {
          next: 'Pipe lines of text into monitor --interactive.',
        }),
      ),
  });
  if (isTyped && !args.quiet) stderr.write(`${KEYS_HELP}\n`); // they work from now on
  return listening;
}

/**
 * What the end of following a log means.
 * @param isLeft whether a person ended it, such as by Ctrl-C when nothing else is waited for
 */
async function untilEnd(following: Promise<LogEntry>, isLeft: () => boolean): Promise<Outcome> {
  try {
    const { event } = await following;
    return { fields: { until: event }, lines: [] };
  } catch (error) {
    if (!isLeft()) throw error;
    return { fields: {}, lines: [] };
  }
}
