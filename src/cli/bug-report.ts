// What somebody who mends a bug has to know, as text to paste into an issue.

import { release } from 'node:os';
import { maskSecrets } from '../log/secrets.js';
import type { Command } from './command.js';
import { ALL_OPTIONS } from './commands.js';
import type { Exchange } from './exchange.js';
import { packageVersion } from './package-version.js';

interface Circumstances {
  readonly command: Command;
  /** As parsed; values of secret options are left out. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly error: Error;
  readonly exchange: Exchange;
}

export function bugReport({ command, values, error, exchange }: Circumstances): string {
  const given = Object.entries(values)
    .filter(
      ([name, value]) => name in ALL_OPTIONS && value !== undefined && value !== ALL_OPTIONS[name]?.default,
    )
    .map(([name, value]) => `--${name} ${ALL_OPTIONS[name]?.secret ? '***' : value}`);
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    causes.push(`Underneath: ${cause.stack ?? cause.message}`);
  }
  return [
    `esp-portal ${packageVersion()}, Node.js ${process.version}, ${process.platform} ${release()} ${process.arch}`,
    `esp-portal ${[command.name, ...given].join(' ')}`,
    error.stack ?? error.message,
    ...causes,
    'The last lines of the exchange with the board:',
    ...exchange.lines((line) => maskSecrets(line, false).text),
    '',
  ].join('\n');
}
