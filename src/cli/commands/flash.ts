// esp-portal flash

import { PortalError } from '../../errors.js';
import type { FlashResult } from '../../operations/flash.js';
import { defineCommand, type OptionTable, type OptionValues } from '../command.js';
import { FLASH_BAUD_OPTION } from '../options.js';

/** Options of every command that flashes. */
export const FLASH_OPTIONS = {
  firmware: {
    alias: 'f',
    type: 'string',
    requiresArg: true,
    complete: 'files',
    describe: 'A .bin file, its address, a version (1.29.0), latest or preview',
    defaultDescription: "latest for the chip that is found; a virtual board's own",
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
  ...FLASH_BAUD_OPTION,
} as const satisfies OptionTable;

/** @throws PortalError `usage` for options that say the opposite of each other */
export function eraseOptions(values: Pick<OptionValues<typeof FLASH_OPTIONS>, 'erase' | 'keep-files'>): {
  erase: boolean;
  keepFiles: boolean;
} {
  const { erase, 'keep-files': keepFiles } = values;
  if (erase && keepFiles) {
    throw new PortalError(
      'usage',
      '--erase and --keep-files say the opposite of each other: give one of them.',
    );
  }
  return { erase, keepFiles };
}

/** For people: what is on the board now. */
export function describeFlash({ version, skipped, chip, mac }: FlashResult): string {
  const what = version === undefined ? 'MicroPython' : `MicroPython ${version}`;
  const how = skipped ? 'was already installed (nothing was written) and runs' : 'runs';
  return `${what} ${how} on the ${chip} (${mac}).`;
}

export const flashCommand = defineCommand({
  name: 'flash',
  summary: 'Put MicroPython on the board and prove that it runs',
  details: [],
  options: FLASH_OPTIONS,
  examples: [
    ['flash', 'the newest release for the one board that is plugged in'],
    ['flash --firmware 1.27.0 --port /dev/ttyUSB0', 'a certain release'],
    ['flash --port virtual:desk', 'a board in software'],
  ],
  async run(args, { reporter, signal, openPort }) {
    const erasing = eraseOptions(args);
    const { flash } = await import('../../operations/flash.js');
    const { firmwareFor } = await import('../firmware-source.js');
    const onProgress = reporter.progress.bind(reporter);
    const { firmware, port } = await firmwareFor(args.firmware, { openPort, onProgress, signal });
    const result = await flash(port, { firmware, baudRate: args.baud, ...erasing, signal, onProgress });
    return { fields: { ...result }, lines: [describeFlash(result)] };
  },
});
