// Options that several commands share, and how their values are read.

import { PortalError } from '../../errors.js';
import { parseDecimal, parseWhole } from '../../input/decimal.js';
import { shellWord } from '../../input/shell-word.js';
import type { OptionTable } from './option-table.js';

/** Headings in the help. */
export const OPTION_GROUPS = { command: 'Options:', board: 'Board:', output: 'Output:' } as const;

/** What every command takes. */
export const COMMON_OPTIONS = {
  port: {
    alias: 'p',
    type: 'string',
    requiresArg: true,
    group: OPTION_GROUPS.board,
    isList: true,
    complete: 'ports',
    describe:
      'Serial port: a path, COM3, id:SERIAL, mac:MAC, socket://host:port, rfc2217://host:port, virtual:[name] or a name of yours (default: the only board connected); some commands take several: all, or a list with commas',
  },
  wait: {
    type: 'boolean',
    default: false,
    group: OPTION_GROUPS.board,
    describe: 'Wait until the board is connected',
  },
  json: {
    type: 'boolean',
    default: false,
    group: OPTION_GROUPS.output,
    describe: 'Print events as JSON on stdout, one object per line',
  },
  quiet: {
    alias: 'q',
    type: 'boolean',
    default: false,
    group: OPTION_GROUPS.output,
    describe: 'Print errors and the log only',
  },
  verbose: {
    alias: 'v',
    type: 'boolean',
    default: false,
    group: OPTION_GROUPS.output,
    describe: 'Show stack traces and underlying causes',
  },
  report: {
    type: 'string',
    requiresArg: true,
    group: OPTION_GROUPS.output,
    complete: 'files',
    path: true,
    describe:
      'If it fails, save versions and the last lines of the serial log, without secrets, to this file (a new one, or an earlier report)',
  },
  color: {
    type: 'boolean',
    default: true,
    group: OPTION_GROUPS.output,
    describe: 'Colours (--no-color, or $NO_COLOR, for none)',
  },
} as const satisfies OptionTable;

export type CommonOptions = typeof COMMON_OPTIONS;

/** For commands that wait for the portal. */
export const QR_OPTION = {
  qr: {
    type: 'boolean',
    default: true,
    describe: 'Show a QR code on a terminal that joins a phone to the WiFi of the portal (--no-qr: none)',
  },
} as const satisfies OptionTable;

/** It has the password of a network to join. */
export const PASSWORD_VARIABLE = 'ESP_PORTAL_WIFI_PASSWORD';

/** With the name of a field of the form in upper case behind it, it has the field's value. */
export const FIELD_VARIABLE = 'ESP_PORTAL_FIELD_';

/** Of the commands that join a network. */
export const JOIN_OPTIONS = {
  'password-stdin': {
    type: 'boolean',
    default: false,
    describe: `Read the password of the network from standard input (otherwise: $${PASSWORD_VARIABLE}, or a question)`,
  },
  open: { type: 'boolean', default: false, describe: 'The network has no password' },
} as const satisfies OptionTable;

/** Slower than the slowest boot log, or faster than any adapter, is a slip of the finger. */
const BAUD_RATES = { min: 9600, max: 4_000_000 };

export function baudRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = parseWhole(text);
  if (value !== undefined && value >= BAUD_RATES.min && value <= BAUD_RATES.max) return value;
  throw new PortalError(
    'usage',
    `Invalid baud rate "${text}": give a number from ${BAUD_RATES.min} to ${BAUD_RATES.max}.`,
  );
}

/** For commands that upload files to MicroPython. */
export const UPLOAD_OPTIONS = {
  'upload-baud': {
    type: 'string',
    requiresArg: true,
    coerce: baudRate,
    group: OPTION_GROUPS.board,
    defaultDescription: '460800',
    describe:
      'Baud rate for uploads of more than 16 KB, where board and adapter support it (115200: keep the rate of the REPL)',
  },
} as const satisfies OptionTable;

/** `--timeout`: seconds on the command line, milliseconds inside. */
export function timeoutOption<const D extends string>(describe: D) {
  return { timeout: { type: 'string', requiresArg: true, coerce: milliseconds, describe } } as const;
}

/** A longer wait than a day is none that a timer of Node.js can be relied on for. */
const MAX_TIMEOUT_S = 24 * 60 * 60;

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDecimal(text);
  if (seconds !== undefined && seconds > 0 && seconds <= MAX_TIMEOUT_S) return seconds * 1000;
  throw new PortalError(
    'usage',
    `--timeout ${text}: give a number of seconds above 0, up to ${MAX_TIMEOUT_S}.`,
  );
}

/** A size such as `8192`, `512K` or `10M`. */
export function sizeInBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number = '', unit = ''] = /^(\d{1,12})([KM]?)$/i.exec(text) ?? [];
  const sizeBytes = (parseWhole(number) ?? 0) * ({ K: 1000, M: 1_000_000 }[unit.toUpperCase()] ?? 1);
  if (sizeBytes > 0) return sizeBytes;
  throw new PortalError('usage', `Invalid size "${text}": give bytes, such as 65536, 512K or 10M.`);
}

/** Turns an error's advice into a command that works as printed. */
export function nextCommand(next: string, port: string | undefined): string {
  if (port === undefined) return next;
  return next.replace(/(?<=--port )PORT\b/g, () => shellWord(port));
}
