// esp-portal flash

import type { Argv, CommandModule } from 'yargs';
import { PortalError } from '../../errors.js';
import type { FlashResult } from '../../operations/flash.js';
import { type CommonArguments, flashBaudOption } from '../options.js';
import { runCommand } from '../run.js';

/** What every command that flashes takes. */
export interface FlashArguments extends CommonArguments {
  firmware: string | undefined;
  baud: number | undefined;
  erase: boolean;
  'keep-files': boolean;
}

/** Options of every command that flashes. */
export function flashOptions<T>(yargs: Argv<T>) {
  return flashBaudOption(yargs)
    .option('firmware', {
      alias: 'f',
      type: 'string',
      requiresArg: true,
      describe: 'A .bin file, its address, a version (1.29.0), latest or preview',
      defaultDescription: "latest for the chip that is found; a virtual board's own",
    })
    .option('erase', {
      type: 'boolean',
      default: false,
      describe: 'Erase everything first, files and networks too',
    })
    .option('keep-files', {
      type: 'boolean',
      default: false,
      describe: 'Erase only what the firmware covers, whatever else is there',
    });
}

/** @throws PortalError `usage` for options that say the opposite of each other */
export function eraseOptions(args: FlashArguments): { erase: boolean; keepFiles: boolean } {
  const { erase, 'keep-files': keepFiles } = args;
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

export const flashCommand: CommandModule<CommonArguments, FlashArguments> = {
  command: 'flash',
  describe: 'Put MicroPython on the board and prove that it runs',
  builder: (yargs) =>
    flashOptions(yargs)
      .example('$0 flash', 'the newest release for the one board that is plugged in')
      .example('$0 flash --firmware 1.27.0 --port /dev/ttyUSB0', 'a certain release')
      .example('$0 flash --port virtual:desk', 'a board in software'),
  handler: (args) =>
    runCommand('flash', args, async ({ reporter, signal, openPort }) => {
      const erasing = eraseOptions(args);
      const { flash } = await import('../../operations/flash.js');
      const { firmwareFor } = await import('../firmware-source.js');
      const onProgress = reporter.progress.bind(reporter);
      const { firmware, port } = await firmwareFor(args.firmware, { openPort, onProgress, signal });
      const result = await flash(port, {
        firmware,
        baudRate: args.baud,
        ...erasing,
        signal,
        onProgress,
      });
      return { fields: { ...result }, lines: [describeFlash(result)] };
    }),
};
