// Selects the reporter for a run: text or JSON, with secrets masked.

import type { LogEntry } from '../../operations/log/log-events.js';
import type { Redactor } from '../../operations/log/secrets.js';
import type { Host } from '../host.js';
import { cleanReporter } from './clean-report.js';
import { jsonReporter } from './json-reporter.js';
import type { Timestamp } from './log-view.js';
import type { Reporter } from './reporter.js';

export interface ReporterValues {
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  /** Of commands that show the log. */
  timestamp?: Timestamp;
  'show-secrets'?: boolean;
  /** Of commands that show the portal's log. */
  qr?: boolean;
  port?: string | undefined;
  /** Of the access point, where the command sets it. */
  'ap-password'?: string | null | undefined;
}

/** Its input is masked here, so that no command can forget it. */
export async function createReporter(
  values: ReporterValues,
  redactor: Redactor,
  host: Host,
): Promise<Reporter> {
  return cleaner(values, redactor)(await createPlainReporter(values, host));
}

/** Masks what goes into a reporter. */
export function cleaner(
  values: Pick<ReporterValues, 'show-secrets'>,
  redactor: Redactor,
): (reporter: Reporter) => Reporter {
  const redact = (text: string) => redactor.mask(text);
  const showLog = values['show-secrets'] ? (text: string) => text : redact;
  return (reporter) => cleanReporter(reporter, redact, showLog);
}

/** The text reporter is loaded when needed: a run with --json starts faster without it. */
async function createPlainReporter(values: ReporterValues, { stdout, stderr }: Host): Promise<Reporter> {
  if (values.json) return jsonReporter((line) => stdout.write(`${line}\n`));
  const { humanReporter } = await import('./human-reporter.js');
  const { quiet, verbose, timestamp } = values;
  // No phone is in reach of a virtual board's radio.
  const isVirtual = values.port?.startsWith('virtual:') ?? false;
  const hasQr = values.qr && stdout.isTTY && !quiet && !isVirtual;
  const { qrLinesOf } = hasQr ? await import('../terminal/qr-code.js') : {};
  const joinLines = (entry: LogEntry) => qrLinesOf?.(entry, values['ap-password'], stdout) ?? [];
  return humanReporter({ stdout, stderr, quiet, verbose, timestamp, joinLines });
}
