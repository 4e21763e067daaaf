// Options of commands that read or write the flash and need no firmware.

import type { LoaderOptions } from '../../operations/flash/with-loader.js';
import type { OptionValues } from '../command.js';
import type { CommandContext } from '../context.js';
import { FLASH_OPTIONS } from './flash.js';
import type { OptionTable } from './option-table.js';

export const LOADER_OPTIONS = {
  'reset-sequence': FLASH_OPTIONS['reset-sequence'],
  baud: { ...FLASH_OPTIONS.baud, describe: 'Baud rate for the flash' },
} as const satisfies OptionTable;

export function loaderOptions(
  args: OptionValues<typeof LOADER_OPTIONS>,
  { signal, reporter }: CommandContext,
): LoaderOptions {
  return {
    baudRate: args.baud,
    resetSequence: args['reset-sequence'],
    signal,
    onProgress: reporter.progress.bind(reporter),
  };
}
