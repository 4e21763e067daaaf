// esp-portal flash

import { PortalError } from '../../errors.js';
import type { FlashResult } from '../../operations/flash.js';
import { defineCommand, type OptionTable } from '../command.js';
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
    defaultDescription: "latest; a virtual board's own",
    describe: 'A .bin file, its address, a version (1.29.0), latest or preview',
  },
  erase: {
    type: 'boolean',
    default: false,
    describe: 'Erase everything first, files and networks too',
  },
  'keep-files': {
    type: 'boolean',
    default: false,
    describe: 'Erase only what the firmware covers, whatever else is there',
  },
  'flash-size': {
    type: 'string',
    requiresArg: true,
    coerce: flashSize,
    defaultDescription: 'that of the flash; at most 4M on an ESP8266',
    describe: "Size of the flash in the image's header: 512K, 1M, 2M, 4M, 8M or 16M",
  },
  'allow-http': {
    type: 'boolean',
    default: false,
    describe: 'Fetch firmware over plain http from other computers too',
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

/** @throws PortalError `usage` for options that say the opposite of each other */
export function erasing(args: { erase: boolean; 'keep-files': boolean }): {
  erase: boolean;
  keepFiles: boolean;
} {
  const { erase, 'keep-files': keepFiles } = args;
  if (!erase || !keepFiles) return { erase, keepFiles };
  throw new PortalError(
    'usage',
    '--erase and --keep-files say the opposite of each other: give one of them.',
  );
}

const PLANS = {
  nothing: 'is installed already: nothing would be written',
  write: 'would be written, and nothing else erased',
  'erase-and-write': 'would be written once the whole flash is erased, files and networks too',
} as const;

/** For people: what is on the board now, or would be. */
function describeFlash(result: FlashResult): string {
  const { version, dryRun, plan, skipped, chip, mac } = result;
  const micropython = version === undefined ? 'MicroPython' : `MicroPython ${version}`;
  const what = result.isMicroPython ? micropython : 'The firmware';
  if (dryRun) return `${what} ${PLANS[plan]}. Nothing was changed on the ${chip} (${mac}).`;
  if (!result.isMicroPython) {
    const state = skipped ? 'was already installed (nothing was written)' : 'is written and verified';
    return `${what} ${state} on the ${chip} (${mac}). Whether it runs is not checked: it is not MicroPython.`;
  }
  const how = skipped ? 'was already installed (nothing was written) and runs' : 'runs';
  return `${what} ${how} on the ${chip} (${mac}).`;
}

export const flashCommand = defineCommand({
  name: 'flash',
  summary: 'Put MicroPython on the board and prove that it runs',
  details: [
    'Without `--firmware` the newest release for the chip and the size of its flash is taken: from the cache, or from micropython.org. A file, an address and the name of a build are checked before the port is opened; what depends on the chip is got once the chip is known.',
    'An image that is there already is not written again. A MicroPython with the same layout keeps its files; anything else is erased first, unless `--keep-files` says no.',
    'What fails at the baud rate is tried again at 115200; a firmware that is written and does not start is tried again with the flash modes `dio` and `dout`. Each is said.',
    'With `--json`, `contents` says what the flash held: `same` (this image), `blank` (nothing, or the beginning of this image), `micropython` (its files stay), `other-layout` (MicroPython with its files elsewhere, or other partitions) or `other`.',
  ],
  options: {
    ...FLASH_OPTIONS,
    'any-firmware': {
      type: 'boolean',
      default: false,
      describe: 'Write firmware that is not MicroPython too, or cannot be checked',
    },
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'Say what would be erased and written, and restart the board as it is',
    },
  },
  examples: [
    ['flash', 'the newest release for the one board that is plugged in'],
    ['flash --erase', 'and nothing is left of what was there'],
    ['flash --dry-run', 'would it erase my files?'],
    ['flash --port virtual:desk', 'a board in software'],
  ],
  async run(args, { host, reporter, signal, openPort }) {
    const eraseOptions = erasing(args);
    const { flash } = await import('../../operations/flash.js');
    const { firmwareFor } = await import('../options/firmware-source.js');
    const onProgress = reporter.progress.bind(reporter);
    const { firmware, port } = await firmwareFor(args.firmware, {
      env: host.env,
      openPort,
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
      dryRun: args['dry-run'],
      signal,
      onProgress,
    });
    return { fields: { ...result }, lines: [describeFlash(result)] };
  },
});
