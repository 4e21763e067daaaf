// For people: progress is on stderr (a spinner on a terminal, plain lines elsewhere), the board's log and the
// outcome on stdout.

import { styleText } from 'node:util';
import type { ErrorCode } from '../../error-table.js';
import { PortalError } from '../../errors.js';
import type { LogEntry } from '../../operations/log/log-events.js';
import { hasLinks, linked } from '../terminal/hyperlink.js';
import { StepLine } from '../terminal/step-line.js';
import { inOneLine, printable } from '../terminal/text.js';
import { cleanReporter } from './clean-report.js';
import { LogView, type Timestamp } from './log-view.js';
import { ProgressView } from './progress-view.js';
import type { Failure, Reporter } from './reporter.js';

interface HumanOptions {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  quiet: boolean;
  verbose: boolean;
  timestamp?: Timestamp | undefined;
  /** What comes after an entry so that a phone can join the portal. May hold its password: to stdout only, unmasked. */
  joinLines?: ((entry: LogEntry) => readonly string[]) | undefined;
}

/** Errors whose message is the cause. */
const WITHOUT_CAUSE: ReadonlySet<ErrorCode> = new Set(['usage', 'interrupted']);

/** Opens the page for bugs from package.json. */
const WHERE_TO_REPORT = 'npm bugs esp-portal';

export function humanReporter(options: HumanOptions): Reporter {
  const { stdout, stderr, quiet, verbose, timestamp, joinLines = () => [] } = options;
  const link = (stream: NodeJS.WriteStream) => (text: string, file: string) =>
    linked(text, file, hasLinks(stream, process.env));
  const steps = new ProgressView(new StepLine(stderr, quiet), link(stderr));
  const write = (text: string) => stdout.write(text);
  const log = new LogView({ timestamp, stream: stdout, write, link: link(stdout) });
  const say = (line: string) => steps.around(() => stdout.write(`${line}\n`));
  const conclude = (lines: readonly string[]) => {
    log.settle();
    steps.finish(true);
    for (const line of lines) say(inOneLine(line));
  };
  const reporter: Reporter = {
    progress: (event) => steps.show(event),
    notice: ({ message }) => steps.around(() => quiet || stderr.write(`${inOneLine(message)}\n`)),
    log: (entry) => {
      // A line without end and the step's line would be one.
      if (entry.unfinished && steps.isShown) return;
      steps.around(() => {
        log.show(entry);
        for (const line of joinLines(entry)) stdout.write(`${line}\n`);
      });
    },
    milestone: (lines) => conclude(quiet ? [] : lines),
    done: (_command, { lines, isListing }) => conclude(quiet && !isListing ? [] : lines),
    failed: (_command, failure) => {
      log.settle();
      steps.finish(false);
      for (const line of failureLines(failure, stderr, verbose)) stderr.write(`${line}\n`);
    },
  };
  // Text from boards, files and networks is escaped. The log view escapes its own lines.
  return { ...cleanReporter(reporter, printable), log: reporter.log };
}

function* failureLines(
  { error, cause, next, report, reportFile, reportTrouble }: Failure,
  stream: NodeJS.WriteStream,
  verbose: boolean,
): Generator<string, void> {
  yield styleText('red', `Error: ${inOneLine(error.message)}`, { stream });
  if (error instanceof PortalError && error.boardOutput) yield indent(error.boardOutput);
  const hidesCause = error instanceof PortalError && WITHOUT_CAUSE.has(error.code);
  if (cause && !hidesCause) yield `Likely cause: ${inOneLine(cause)}`;
  if (next) yield `Next: ${inOneLine(next)}`;
  if (report !== undefined) {
    yield `This is a bug in esp-portal. Please report it with the text below: ${WHERE_TO_REPORT}`;
    yield indent(report);
  } else if (verbose) {
    yield indent(error.stack ?? '');
    for (let each = error.cause; each instanceof Error; each = each.cause)
      yield indent(`Underneath: ${each.stack}`);
  }
  if (reportFile !== undefined) yield `A report for a bug report is in ${inOneLine(reportFile)}.`;
  if (reportTrouble !== undefined) yield inOneLine(reportTrouble);
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
