// Options that several commands share, with their environment variables.

import type { Argv } from 'yargs';

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

/** Baud rate of the firmware's REPL and log. */
export const REPL_BAUD_RATE = 115200;

/** `--baud` of commands that flash; the environment is esptool's too. */
export function flashBaudOption<T>(yargs: Argv<T>) {
  return yargs.option('baud', {
    alias: 'b',
    type: 'number',
    requiresArg: true,
    default: environmentBaud(),
    defaultDescription: '460800, or $ESP_PORTAL_BAUD, $ESPTOOL_BAUD',
    describe: 'Bits a second while writing the flash',
  });
}

function environmentBaud(): number | undefined {
  const value = process.env.ESP_PORTAL_BAUD ?? process.env.ESPTOOL_BAUD;
  return value === undefined ? undefined : Number(value);
}

/** Seconds on the command line, milliseconds inside. */
export function timeoutOption<T>(yargs: Argv<T>, describe: string) {
  return yargs.option('timeout', { type: 'number', requiresArg: true, describe });
}

/** The words that turn an error's advice into a command that works as printed. */
export function nextCommand(next: string, port: string | undefined): string {
  return next.replaceAll('PORT', port ?? 'PORT');
}
