// The report for a bug, as text to paste into an issue.

import { release } from 'node:os';
import type { Redactor } from '../../operations/log/secrets.js';
import type { Command } from '../command.js';
import type { OptionTable } from '../options/option-table.js';
import { packageVersion } from '../package-version.js';
import { printable } from '../terminal/text.js';
import { REPORT_START } from './report-file.js';
import type { Exchange } from './serial-trace.js';

interface ReportFacts {
  readonly command: Command;
  /** Of every command. */
  readonly options: OptionTable;
  /** As parsed; values of secret options are left out. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly error: Error;
  /** `undefined` in a terminal session: typed text may be secret. */
  readonly exchange: Exchange | undefined;
  readonly redactor: Redactor;
}

export function bugReport({ command, options, values, error, exchange, redactor }: ReportFacts): string {
  const given = Object.entries(values)
    .filter(
      ([name, value]) =>
        Object.hasOwn(options, name) && value !== undefined && value !== options[name]?.default,
    )
    .map(([name, value]) => `--${name} ${options[name]?.secret ? '***' : value}`);
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    causes.push(`Underneath: ${cause.stack ?? cause.message}`);
  }
  const lines = [
    `${REPORT_START}${packageVersion()}, Node.js ${process.version}, ${process.platform} ${release()} ${process.arch}`,
    `esp-portal ${[command.name, ...given].join(' ')}`,
    error.stack ?? error.message,
    ...causes,
    ...(exchange
      ? ['The last lines of the serial log:', ...exchange.lines(redactor)]
      : ['The serial log is omitted: typed text may be secret.']),
    '',
  ];
  return printable(redactor.mask(lines.join('\n')));
}
