// Runs one command: opens its port, turns Ctrl-C into an abort, shows what happens, sets the exit status.

import { PortalError, withBoardState } from '../errors.js';
import type { Redactor } from '../operations/log/secrets.js';
import type { Command } from './command.js';
import { CommandPort, type PortValues } from './command-port.js';
import { ALL_OPTIONS } from './commands.js';
import type { Host } from './host.js';
import { misspeltVariables } from './options/misspelt-variables.js';
import { checkSettings, projectNotice, type Setting } from './options/settings.js';
import { isSeveral, isWord } from './port-list.js';
import { bugReport } from './report/bug-report.js';
import { cleanError } from './report/clean-report.js';
import { createReporter, type ReporterValues } from './report/create-reporter.js';
import { BoardsFailed, describeFailure, withReport, withUntouchedBoard } from './report/failure.js';
import { checkedReportFile } from './report/report-file.js';
import type { Outcome, Reporter } from './report/reporter.js';
import { redactorFor } from './report/run-redactor.js';
import type { runOnBoards } from './several-boards.js';
import { Output } from './terminal/output.js';
import { type InterruptSignal, listenToSignals } from './terminal/signals.js';

/** The values of the options that runCommand itself reads. */
interface RunValues extends PortValues, ReporterValues {
  report?: string | undefined;
  /** Of monitor. */
  interactive?: boolean;
}

interface Run {
  readonly command: Command;
  readonly args: RunValues;
  readonly host: Host;
  readonly redactor: Redactor;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly output: Output;
  readonly port: CommandPort;
  /** Of --report, once it has been checked. */
  readonly reportFile: string | undefined;
}

/** Runs a command to its end; never throws. */
export async function runCommand(
  command: Command,
  values: never,
  { settings, host }: { settings: readonly Setting[]; host: Host },
): Promise<void> {
  const args: RunValues = values;
  const redactor = redactorFor({ values: { ...args }, env: host.env });
  const reporter = await createReporter(args, redactor, host);
  const { signal, interruptedBy } = interruptible(command.name);
  const unread = new AbortController();
  const output = new Output(host.stdout, (error) => unread.abort(error));
  const { followsBoard = false } = command;
  await using port = new CommandPort(args, { host, reporter, signal, followsBoard });
  let reportFile: string | undefined;
  try {
    if (args.report !== undefined) reportFile = await checkedReportFile(args.report);
    await checkSettings(settings, ALL_OPTIONS);
    for (const message of [...misspeltVariables(host.env), ...projectNotice(settings)])
      reporter.notice({ event: 'notice', message });
    const isForSeveral = isSeveral(args) && !command.isWithoutBoard;
    if (args.port !== undefined && isWord(args.port)) args.port = await addressOf(args.port, host);
    const context = {
      ...{ host, allOptions: ALL_OPTIONS, settings, reporter, redactor, signal, interruptedBy },
      outputLost: unread.signal,
    };
    const outcome = isForSeveral
      ? await severalBoards(command, args, { ...context, redactor })
      : await command.run(values, {
          ...context,
          openPort: (choice) => port.open(choice),
          portAddress: () => port.address ?? '',
          localUrl: () => port.localUrl,
        });
    port.endNotices();
    reporter.done(command.name, outcome);
    await output.written().catch((error: unknown) => {
      throw command.isWithoutBoard ? error : withBoardState(error, 'Nothing was left to do on the board.');
    });
  } catch (error) {
    await reportThrown(error, { command, args, host, redactor, reporter, signal, output, port, reportFile });
  }
}

/** Loaded for what may be a board's name only. */
async function addressOf(port: string, host: Host): Promise<string> {
  const names = await import('./board-names.js');
  return await names.addressOf(port, host);
}

/** Loaded for several boards only. */
async function severalBoards(...run: Parameters<typeof runOnBoards>): Promise<Outcome> {
  const { runOnBoards } = await import('./several-boards.js');
  return await runOnBoards(...run);
}

/** Aborts at the first signal. */
function interruptible(command: string): {
  signal: AbortSignal;
  interruptedBy: () => InterruptSignal | undefined;
} {
  const interrupt = new AbortController();
  let by: InterruptSignal | undefined;
  listenToSignals((how, signal) => {
    by = signal;
    interrupt.abort(new PortalError('interrupted', `${command} was interrupted ${how}.`));
  });
  return { signal: interrupt.signal, interruptedBy: () => by };
}

async function reportThrown(error: unknown, run: Run): Promise<void> {
  const { command, args, host, redactor, reporter, signal, output, port, reportFile } = run;
  const described = describeFailure(withUntouchedBoard(error, signal, command), {
    command: command.name,
    port: port.address,
  });
  host.exitCode = described.exitCode;
  const exchange = error instanceof BoardsFailed ? error.exchange : port.exchange;
  const report = () =>
    bugReport({
      command,
      options: { ...ALL_OPTIONS, ...command.options },
      values: { ...args },
      error: cleanError(described.error, (text) => redactor.mask(text)),
      exchange: args.interactive ? undefined : exchange,
      redactor,
    });
  const failure = await withReport(described, report, reportFile);
  port.endNotices();
  reporter.failed(command.name, failure);
  await output.flushed();
  // A script that does not read its result may still keep stderr.
  if (args.json && output.isLost) {
    const forPeople = await createReporter({ ...args, json: false }, redactor, host);
    forPeople.failed(command.name, failure);
  }
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
