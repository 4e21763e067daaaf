// Runs one command: opens its port, turns Ctrl-C into an abort, shows what happens, sets the exit status.

import { ERROR_TABLE } from '../error-table.js';
import { PortalError, withBoardState } from '../errors.js';
import { fileErrorWords } from '../input/file-error.js';
import type { Redactor } from '../operations/log/secrets.js';
import type { Port } from '../operations/ports/ports.js';
import type { Command } from './command.js';
import { ALL_OPTIONS } from './commands.js';
import type { Host } from './host.js';
import { misspeltVariables } from './options/misspelt-variables.js';
import { checkSettings, projectNotice, type Setting } from './options/settings.js';
import { nextCommand } from './options/shared.js';
import { bugReport } from './report/bug-report.js';
import { cleanError, cleanReporter } from './report/clean-report.js';
import { jsonReporter } from './report/json-reporter.js';
import type { Timestamp } from './report/log-view.js';
import { checkedReportFile, writeReportFile } from './report/report-file.js';
import type { Failure, Reporter } from './report/reporter.js';
import { redactorFor } from './report/run-redactor.js';
import { Exchange } from './report/serial-trace.js';
import { Output } from './terminal/output.js';
import { type InterruptSignal, listenToSignals } from './terminal/signals.js';

/** The values of the options that every command takes. */
interface CommonValues {
  port?: string | undefined;
  wait?: boolean;
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  report?: string | undefined;
  /** Of monitor. */
  interactive?: boolean;
  /** Of commands that wait for something, in milliseconds. */
  timeout?: number | undefined;
  'show-secrets'?: boolean;
  /** Of commands that show the log. */
  timestamp?: Timestamp;
}

/** Runs a command to its end; never throws. */
export async function runCommand(
  command: Command,
  values: never,
  { settings, host }: { settings: readonly Setting[]; host: Host },
): Promise<void> {
  const args: CommonValues = values;
  const redactor = redactorFor({ values: { ...args }, env: host.env });
  const reporter = await createReporter(args, redactor, host);
  const interrupt = new AbortController();
  let interruptedBy: InterruptSignal | undefined;
  listenToSignals((how, signal) => {
    interruptedBy = signal;
    interrupt.abort(new PortalError('interrupted', `${command.name} was interrupted ${how}.`));
  });
  const unread = new AbortController();
  const output = new Output(host.stdout, (error) => unread.abort(error));
  const exchange = new Exchange();
  let portName = args.port;
  let port: Port | undefined;
  let localUrl: string | undefined;
  let hasResult = false;
  let reportFile: string | undefined;
  try {
    if (args.report !== undefined) {
      reportFile = await checkedReportFile(args.report);
    }
    await checkSettings(settings, ALL_OPTIONS);
    const messages = [...misspeltVariables(host.env), ...projectNotice(settings)];
    for (const message of messages) reporter.notice({ event: 'notice', message });
    const outcome = await command.run(values, {
      host,
      allOptions: ALL_OPTIONS,
      settings,
      reporter,
      redactor,
      signal: interrupt.signal,
      interruptedBy: () => interruptedBy,
      outputLost: unread.signal,
      openPort: async ({ otherwise, address, baudRate } = {}) => {
        const { openPort } = await import('../operations/ports/ports.js');
        const open = async () => {
          portName = address ?? args.port ?? otherwise ?? (await findPort(args, host, interrupt.signal));
          return openPort(portName, {
            ...(baudRate !== undefined && { baudRate }),
            signal: interrupt.signal,
            onNotice: (notice) => {
              if (notice.url?.startsWith('http:')) localUrl = notice.url;
              // The result is the last line; an address that ends with the command is not worth a line.
              if (!hasResult && (notice.url === undefined || command.followsBoard)) reporter.notice(notice);
            },
            onTraffic: (direction, bytes) => exchange.record(direction, bytes),
          });
        };
        port = args.wait ? await whenPluggedIn(open, reporter, args, interrupt.signal) : await open();
        return port;
      },
      portAddress: () => portName ?? '',
      localUrl: () => localUrl,
    });
    hasResult = true;
    reporter.done(command.name, outcome);
    await output.written();
  } catch (error) {
    const isUntouched = error === interrupt.signal.reason && !command.isWithoutBoard;
    const stated = isUntouched ? withBoardState(error, 'Nothing on the board was changed.') : error;
    const failure = describeFailure(stated, { command: command.name, port: portName });
    host.exitCode = failure.exitCode;
    const report = await writeReport(command, args, failure, { exchange, redactor, reportFile });
    hasResult = true;
    reporter.failed(command.name, { ...failure, ...report });
    await output.flushed();
    // A script that does not read its result may still keep what went wrong.
    if (args.json && output.isLost) {
      const forPeople = await createReporter({ ...args, json: false }, redactor, host);
      forPeople.failed(command.name, { ...failure, ...report });
    }
  } finally {
    await port?.[Symbol.asyncDispose]();
  }
}

/** Its input is masked here, so that no command can forget it. */
async function createReporter(args: CommonValues, redactor: Redactor, host: Host): Promise<Reporter> {
  const redact = (text: string) => redactor.mask(text);
  const showLog = args['show-secrets'] ? (text: string) => text : redact;
  return cleanReporter(await createPlainReporter(args, host), redact, showLog);
}

/** Loaded when needed: ora takes longer to import than the JSON reporter to run. */
async function createPlainReporter(args: CommonValues, { stdout, stderr }: Host): Promise<Reporter> {
  if (args.json) return jsonReporter((line) => stdout.write(`${line}\n`));
  const { humanReporter } = await import('./report/human-reporter.js');
  return humanReporter({
    stdout,
    stderr,
    quiet: args.quiet,
    verbose: args.verbose,
    timestamp: args.timestamp,
  });
}

/** Reports an error without a command, such as an invalid command line. */
export async function reportFailure(
  command: string,
  error: PortalError,
  { argv, host }: { argv: readonly string[]; host: Host },
): Promise<void> {
  const redactor = redactorFor({ argv, env: host.env });
  const json = argv.includes('--json');
  const reporter = await createReporter({ json, quiet: false, verbose: false }, redactor, host);
  const failure = describeFailure(error, { command, port: undefined });
  host.exitCode = failure.exitCode;
  reporter.failed(command, failure);
}

async function findPort(
  { json }: CommonValues,
  { stdin, stderr }: Host,
  signal: AbortSignal,
): Promise<string> {
  const { choosePort } = await import('./terminal/choose-port.js');
  const isInteractive = !json && stdin.isTTY && stderr.isTTY;
  return choosePort(isInteractive ? { input: stdin, output: stderr } : undefined, signal);
}

/** Node.js' timers count to here. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

async function whenPluggedIn(
  open: () => Promise<Port>,
  reporter: Reporter,
  { timeout: timeoutMs }: CommonValues,
  interrupted: AbortSignal,
): Promise<Port> {
  const { waitForPort } = await import('../operations/ports/ports.js');
  const onWait = () =>
    reporter.notice({ event: 'notice', message: 'Waiting for the board to be plugged in. Ctrl-C ends it.' });
  const over = new AbortController();
  const timeoutS = (timeoutMs ?? 0) / 1000;
  const timer = setTimeout(
    () =>
      over.abort(
        new PortalError('timeout', `Timed out after ${timeoutS} s waiting for the board to be plugged in.`),
      ),
    timeoutMs ?? LONGEST_TIMER_MS,
  );
  try {
    return await waitForPort(open, { signal: AbortSignal.any([interrupted, over.signal]), onWait });
  } finally {
    clearTimeout(timer);
  }
}

/** The report of a bug is always printed; other failures are saved with --report only. */
async function writeReport(
  command: Command,
  values: CommonValues,
  { error }: Failure,
  {
    exchange,
    redactor,
    reportFile,
  }: { exchange: Exchange; redactor: Redactor; reportFile: string | undefined },
): Promise<Pick<Failure, 'report' | 'reportFile' | 'reportTrouble'>> {
  const isBug = !(error instanceof PortalError);
  if (!isBug && reportFile === undefined) return {};
  const report = bugReport({
    command,
    options: ALL_OPTIONS,
    values: { ...values },
    error: cleanError(error, (text) => redactor.mask(text)),
    exchange: values.interactive ? undefined : exchange,
    redactor,
  });
  const shown = isBug ? { report } : {};
  if (reportFile === undefined) return shown;
  try {
    await writeReportFile(reportFile, report);
    return { ...shown, reportFile };
  } catch (trouble) {
    // What went wrong first counts, and is what is reported.
    const why = fileErrorWords(trouble);
    return { ...shown, reportTrouble: `The report could not be written to ${reportFile}: ${why}.` };
  }
}

/** Whose failure it is. */
interface FailureFacts {
  readonly command: string;
  readonly port: string | undefined;
}

function describeFailure(thrown: unknown, { command, port }: FailureFacts): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof PortalError) {
    const { exitStatus, cause, next } = ERROR_TABLE[error.code];
    // What a command's own options take is in its own help.
    const advice =
      error.code === 'usage' && error.next === undefined
        ? `esp-portal ${command} --help`
        : nextCommand(error.next ?? next, port);
    return { error, exitCode: exitStatus, cause: error.likelyCause ?? cause, next: advice };
  }
  return { error, exitCode: 1 };
}
