// Options that several commands share, with their environment variables.

import type { Argv } from 'yargs';
import { PortalError } from '../errors.js';

/** What every command takes. */
export interface CommonArguments {
  port: string | undefined;
  json: boolean;
  quiet: boolean;
  verbose: boolean;
}

export function commonOptions<T>(yargs: Argv<T>): Argv<T & CommonArguments> {
  return yargs
    .option('port', {
      alias: 'p',
      type: 'string',
      requiresArg: true,
      describe:
        'Serial port (/dev/ttyUSB0, COM3) or virtual:[name]; else $ESP_PORTAL_PORT, $ESPTOOL_PORT, or the one board',
    })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'Events as JSON, one object a line, on stdout',
    })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'Errors and the log only' })
    .option('verbose', {
      alias: 'v',
      type: 'boolean',
      default: false,
      describe: 'What is underneath an error',
    })
    .option('color', {
      type: 'boolean',
      default: true,
      describe: 'Colours (--no-color, or $NO_COLOR, for none)',
    });
}

/** `--baud` of commands that flash; the environment is esptool's too. */
export function flashBaudOption<T>(yargs: Argv<T>) {
  return yargs.option('baud', {
    alias: 'b',
    type: 'string',
    requiresArg: true,
    coerce: baudRate,
    default: process.env.ESP_PORTAL_BAUD ?? process.env.ESPTOOL_BAUD,
    defaultDescription: '460800, or $ESP_PORTAL_BAUD, $ESPTOOL_BAUD',
    describe: 'Bits a second while writing the flash',
  });
}

/** `--baud` of commands that only listen and talk; what the environment says is for flashing. */
export function logBaudOption<T>(yargs: Argv<T>) {
  return yargs.option('baud', {
    alias: 'b',
    type: 'string',
    requiresArg: true,
    coerce: baudRate,
    defaultDescription: '115200',
    describe: 'Bits a second of the log',
  });
}

/** Slower than the slowest boot log, or faster than any adapter, is a slip of the finger. */
const BAUD_RATES = { min: 9600, max: 4_000_000 };

function baudRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= BAUD_RATES.min && value <= BAUD_RATES.max) return value;
  throw new PortalError(
    'usage',
    `A baud rate of "${text}" makes no sense: give a number from ${BAUD_RATES.min} to ${BAUD_RATES.max}.`,
  );
}

/** `--timeout`: seconds on the command line, milliseconds inside. */
export function timeoutOption<T>(yargs: Argv<T>, describe: string) {
  return yargs.option('timeout', { type: 'string', requiresArg: true, coerce: milliseconds, describe });
}

/** A longer wait than a day is none that a timer of Node.js can be relied on for. */
const MAX_TIMEOUT_S = 24 * 60 * 60;

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= MAX_TIMEOUT_S) return seconds * 1000;
  throw new PortalError(
    'usage',
    `--timeout ${text}: give a number of seconds above 0, up to ${MAX_TIMEOUT_S}.`,
  );
}

/** A size such as `8192`, `512K` or `10M`. */
export function sizeInBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)([KM]?)$/i.exec(text);
  const sizeBytes = Number(match?.[1]) * ({ K: 1000, M: 1_000_000 }[match?.[2]?.toUpperCase() ?? ''] ?? 1);
  if (match && sizeBytes > 0) return sizeBytes;
  throw new PortalError('usage', `A size of "${text}" makes no sense: give bytes, such as 65536, 512K or 10M.`);
}

/** Turns an error's advice into a command that works as printed. */
export function nextCommand(next: string, port: string | undefined): string {
  if (port === undefined) return next;
  return next.replaceAll('PORT', /^[\w./:-]+$/.test(port) ? port : `'${port}'`);
}
