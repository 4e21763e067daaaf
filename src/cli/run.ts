// Runs one command: opens its port, turns Ctrl-C into an abort, shows what happens, sets the exit status.

import { ERROR_TABLE, PortalError } from '../errors.js';
import type { Port } from '../serial/port.js';
import type { Timestamp } from './log-view.js';
import type { CommonArguments } from './options.js';
import { nextCommand } from './options.js';
import type { Failure, Outcome, Reporter } from './reporter.js';

interface OpenOptions {
  /** Where nothing is named, this one. */
  otherwise?: string;
  /** This one, whatever is named: the port that was open before, again. */
  address?: string;
  /** Bits a second; 115200 unless told otherwise. */
  baudRate?: number | undefined;
}

/** What a command works with. */
export interface CommandContext {
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /**
   * Opens the port that the user named, else the address in `otherwise`, else the one board that is plugged in.
   * Closed when the command ends.
   */
  openPort(options?: OpenOptions): Promise<Port>;
  /** The address of the port that was opened last, as it can be opened again. */
  portAddress(): string;
  /** Where the board's web server is for this computer, once a virtual board has told. */
  localUrl(): string | undefined;
}

type ReporterArguments = Pick<CommonArguments, 'json' | 'quiet' | 'verbose'> & { timestamp?: Timestamp };

/** Runs a command to its end; never throws. */
export async function runCommand(
  command: string,
  args: ReporterArguments & CommonArguments,
  action: (context: CommandContext) => Promise<Outcome>,
): Promise<void> {
  const reporter = await createReporter(args);
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new PortalError('interrupted', `${command} was interrupted.`));
  process.once('SIGINT', onSignal); // a second Ctrl-C ends the process at once
  process.once('SIGTERM', onSignal);
  let pipeClosed = false;
  const onPipe = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    pipeClosed = true; // `| head` has seen enough
    onSignal();
  };
  process.stdout.on('error', onPipe);
  let portName = args.port;
  let port: Port | undefined;
  let localUrl: string | undefined;
  try {
    const outcome = await action({
      reporter,
      signal: interrupt.signal,
      openPort: async ({ otherwise, address, baudRate } = {}) => {
        const { openPort } = await import('../serial/open.js');
        portName = address ?? (await choosePort(args.port, otherwise));
        port = await openPort(portName, {
          ...(baudRate !== undefined && { baudRate }),
          onNotice: (notice) => {
            if (notice.url?.startsWith('http:')) localUrl = notice.url;
            reporter.notice(notice);
          },
        });
        return port;
      },
      portAddress: () => portName ?? '',
      localUrl: () => localUrl,
    });
    reporter.done(command, outcome);
  } catch (error) {
    if (!pipeClosed) {
      const failure = describeFailure(error, portName);
      process.exitCode = failure.exitCode;
      reporter.failed(command, failure);
    }
  } finally {
    await port?.[Symbol.asyncDispose]();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Loaded when needed: ora takes longer to import than the JSON reporter to run. */
async function createReporter(args: ReporterArguments): Promise<Reporter> {
  if (args.json) {
    const { jsonReporter } = await import('./json-reporter.js');
    return jsonReporter((line) => process.stdout.write(`${line}\n`));
  }
  const { humanReporter } = await import('./human-reporter.js');
  return humanReporter({
    stdout: process.stdout,
    stderr: process.stderr,
    quiet: args.quiet,
    verbose: args.verbose,
    timestamp: args.timestamp,
  });
}

/** Reports that the command line itself was not understood. */
export async function reportUsageError(command: string, message: string, json: boolean): Promise<void> {
  const reporter = await createReporter({ json, quiet: false, verbose: false });
  const failure = describeFailure(new PortalError('usage', message), undefined);
  process.exitCode = failure.exitCode;
  reporter.failed(command, failure);
}

async function choosePort(named: string | undefined, otherwise: string | undefined): Promise<string> {
  const given = named ?? process.env.ESP_PORTAL_PORT ?? process.env.ESPTOOL_PORT ?? otherwise;
  if (given) return given;
  const { discoverPorts, theOnlyBoard } = await import('../serial/discover.js');
  return theOnlyBoard(await discoverPorts()).path;
}

function describeFailure(error: unknown, port: string | undefined): Failure {
  if (error instanceof PortalError) {
    const { exitStatus, cause, next } = ERROR_TABLE[error.code];
    return { error, exitCode: exitStatus, cause, next: nextCommand(next, port) };
  }
  return { error: error instanceof Error ? error : new Error(String(error)), exitCode: 1 };
}
