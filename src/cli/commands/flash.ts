// esp-portal flash

import { PortalError } from '../../errors.js';
import type { FlashResult } from '../../operations/flash/flash.js';
import { parseResetSequence, type ResetSequence } from '../../operations/flash/reset-sequence.js';
import { defineCommand } from '../command.js';
import type { OptionTable } from '../options/option-table.js';
import { FLASH_BAUD_OPTION } from '../options/shared.js';

/** Options of every command that flashes. */
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
  ...FLASH_BAUD_OPTION,
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

/** @throws PortalError `usage` for options that exclude each other */
export function erasing(args: { erase: boolean; 'keep-files': boolean }): {
  erase: boolean;
  keepFiles: boolean;
} {
  const { erase, 'keep-files': keepFiles } = args;
  if (!erase || !keepFiles) return { erase, keepFiles };
  throw new PortalError('usage', '--erase and --keep-files contradict each other: give only one of them.');
}

const PLANS = {
  nothing: 'is installed already: nothing would be written',
  write: 'would be written; nothing else would be erased',
  'erase-and-write': 'would be written after erasing the whole flash, with all files and the stored network',
} as const;

/** For people: what is on the board now, or would be. */
function describeFlash(result: FlashResult): string {
  const { version, dryRun, plan, skipped, chip, mac } = result;
  const micropython = version === undefined ? 'MicroPython' : `MicroPython ${version}`;
  const what = result.isMicroPython ? micropython : 'The firmware';
  if (dryRun) return `${what} ${PLANS[plan]}. Nothing was changed on the ${chip} (${mac}).`;
  if (!result.isMicroPython) {
    const state = skipped ? 'was already installed (nothing was written)' : 'is written and verified';
    return `${what} ${state} on the ${chip} (${mac}). Its start is not checked, because it is not MicroPython.`;
  }
  const how = skipped ? 'was already installed (nothing was written) and runs' : 'runs';
  return `${what} ${how} on the ${chip} (${mac}).`;
}

export const flashCommand = defineCommand({
  name: 'flash',
  summary: 'Write MicroPython to the board, verify it, and check that it starts',
  details: [
    'Without `--firmware`, the newest release for the chip and the size of its flash is used, from the cache or from micropython.org. A file, a URL and the name of a build are checked before the port is opened; a release is selected after the chip was identified.',
    'An image that the flash already holds is not written again. MicroPython with the same flash layout keeps its files; anything else is erased first, unless `--keep-files` is given.',
    'When the connection fails at the baud rate, it is tried again at 115200. When the firmware does not start, it is written again with flash mode `dio`, then `dout`. Each new attempt is reported.',
    'MicroPython since 1.25 reports its build, board and variant, at the prompt. It is compared with what was written and with the name of the file; not when a `main.py` on the board goes on running.',
    'With `--json`, `contents` is what the flash held before: `same` (this image), `blank` (nothing, or the beginning of this image), `micropython` (its files stay), `other-layout` (MicroPython with its files elsewhere, or other partitions) or `other`.',
  ],
  options: {
    ...FLASH_OPTIONS,
    'any-firmware': {
      type: 'boolean',
      default: false,
      describe: 'Also write firmware that is not MicroPython or cannot be checked',
    },
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'Report what would be erased and written; change nothing and restart the board',
    },
  },
  examples: [
    ['flash', 'write the newest release to the only board connected'],
    ['flash --erase', 'erase all files first'],
    ['flash --dry-run', 'check whether files would be erased'],
    ['flash --port virtual:desk', 'use a virtual board'],
  ],
  async run(args, { host, reporter, signal, openPort, portAddress }) {
    const eraseOptions = erasing(args);
    const { flash } = await import('../../operations/flash/flash.js');
    const { firmwareFor } = await import('../../operations/firmware/firmware-source.js');
    const { userFirmwareFolder } = await import('../options/firmware-store.js');
    const onProgress = reporter.progress.bind(reporter);
    const { firmware, port } = await firmwareFor(args.firmware, {
      ...userFirmwareFolder(host),
      openPort,
      portAddress,
      onProgress,
      signal,
      allowHttp: args['allow-http'],
      anyFirmware: args['any-firmware'],
    });
    const result = await flash(port, {
      firmware,
      baudRate: args.baud,
      ...eraseOptions,
      headerFlashBytes: args['flash-size'],
      resetSequence: args['reset-sequence'],
      dryRun: args['dry-run'],
      signal,
      onProgress,
    });
    return { fields: { ...result }, lines: [describeFlash(result)] };
  },
});
