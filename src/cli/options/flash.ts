// Options of every command that flashes, and what they mean to the operation.

import { PortalError } from '../../errors.js';
import type { FlashOptions } from '../../operations/flash/flash.js';
import { parseResetSequence, type ResetSequence } from '../../operations/flash/reset-sequence.js';
import type { LoaderOptions } from '../../operations/flash/with-loader.js';
import type { Port } from '../../operations/ports/ports.js';
import type { OptionValues } from '../command.js';
import type { CommandContext } from '../context.js';
import { askYesNo, isInteractive } from '../terminal/ask.js';
import type { OptionTable } from './option-table.js';
import { baudRate } from './shared.js';

export const FLASH_OPTIONS = {
  firmware: {
    alias: 'f',
    type: 'string',
    requiresArg: true,
    complete: 'files',
    path: 'if-there',
    fromProject: true,
    defaultDescription: 'latest; for a virtual board its own',
    describe: 'A .bin file, its URL, a version (1.29.0), latest or preview',
  },
  erase: {
    type: 'boolean',
    default: false,
    describe: 'Erase the whole flash first, with all files and the stored network',
  },
  'keep-files': {
    type: 'boolean',
    default: false,
    describe: 'Erase only the area of the firmware, whatever the flash holds',
  },
  backup: {
    type: 'string',
    requiresArg: true,
    complete: 'files',
    describe: 'Save the flash in this file before it is erased; see esp-portal backup',
  },
  'flash-size': {
    type: 'string',
    requiresArg: true,
    coerce: flashSize,
    defaultDescription: 'the size of the flash; at most 4M on an ESP8266',
    describe: "Size of the flash in the image's header: 512K, 1M, 2M, 4M, 8M or 16M",
  },
  'reset-sequence': {
    type: 'string',
    requiresArg: true,
    coerce: resetSequence,
    defaultDescription: 'depends on the port',
    describe: "Reset sequence into the ROM loader, in esptool's syntax: D0|R1|W0.1|D1|R0|W0.5|D0",
  },
  'allow-http': {
    type: 'boolean',
    default: false,
    describe: 'Also download firmware over plain http from other computers',
  },
  baud: {
    alias: 'b',
    type: 'string',
    requiresArg: true,
    coerce: baudRate,
    defaultDescription: '460800',
    describe: 'Baud rate for writing the flash',
  },
} as const satisfies OptionTable;

const FLASH_SIZES: ReadonlyMap<string, number> = new Map([
  ['512K', 512 * 1024],
  ...[1, 2, 4, 8, 16].map((megabytes) => [`${megabytes}M`, megabytes * 1024 * 1024] as const),
]);

function flashSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const sizeBytes = FLASH_SIZES.get(text.toUpperCase().replace(/B$/, ''));
  if (sizeBytes !== undefined) return sizeBytes;
  throw new PortalError('usage', `--flash-size ${text}: give one of ${[...FLASH_SIZES.keys()].join(', ')}.`);
}

function resetSequence(text: string | undefined): ResetSequence | undefined {
  return text === undefined ? undefined : parseResetSequence(text);
}

type FlashValues = OptionValues<typeof FLASH_OPTIONS>;

/** @throws PortalError `usage` for options that exclude each other */
export function flashOptions(
  args: FlashValues,
): Pick<FlashOptions, 'baudRate' | 'erase' | 'keepFiles' | 'headerFlashBytes' | 'resetSequence'> {
  const { baud: baudRate, erase, 'keep-files': keepFiles } = args;
  if (erase && keepFiles) {
    throw new PortalError('usage', '--erase and --keep-files contradict each other: give only one of them.');
  }
  return {
    baudRate,
    erase,
    keepFiles,
    headerFlashBytes: args['flash-size'],
    resetSequence: args['reset-sequence'],
  };
}

/**
 * Before the whole flash is erased it is saved in the file of --backup. Without one a person is asked, where the flash
 * holds what this project did not put there.
 */
export function backupBefore(
  args: FlashValues & { readonly json: boolean },
  { host, reporter, signal }: CommandContext,
): FlashOptions['beforeErase'] {
  const { backup: file, json } = args;
  return async (contents, save) => {
    const isForeign = contents === 'other' || contents === 'other-layout';
    if (file === undefined) {
      if (!isForeign || !isInteractive(host, json)) return;
      reporter.milestone([]); // ends the line of the step, which would be drawn over the question
      const question = 'The flash holds other data, all of which is erased next. Save it in a file first?';
      if (!(await askYesNo(question, host, signal))) return;
    }
    const saved = await save(file);
    reporter.notice({ event: 'notice', message: `The flash is saved in ${saved.file}. ${HOLDS_SECRETS}` });
  };
}

/** Said whenever a backup was made. */
export const HOLDS_SECRETS =
  'It holds everything that is on the board, WiFi passwords included: keep it private.';

/** Gets the firmware that the user named, then opens the port: see firmwareFor. */
export async function openWithFirmware(
  args: FlashValues & { readonly 'any-firmware'?: boolean },
  { host, reporter, signal, openPort, portAddress }: CommandContext,
): Promise<{ firmware: FlashOptions['firmware']; port: Port }> {
  const { firmwareFor } = await import('../../operations/firmware/firmware-source.js');
  const { userFirmwareFolder } = await import('./firmware-store.js');
  return firmwareFor(args.firmware, {
    ...userFirmwareFolder(host),
    openPort,
    portAddress,
    signal,
    onProgress: reporter.progress.bind(reporter),
    allowHttp: args['allow-http'],
    anyFirmware: args['any-firmware'],
  });
}

/** For commands that read or write the flash and need no firmware. */
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
