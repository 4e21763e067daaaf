// esp-portal flash

import type { Argv, CommandModule } from 'yargs';
import { type CommonArguments, flashBaudOption } from '../options.js';
import { runCommand } from '../run.js';

interface FlashArguments extends CommonArguments {
  firmware: string | undefined;
  baud: number | undefined;
  erase: boolean;
}

/** Options of every command that flashes. */
export function flashOptions<T>(yargs: Argv<T>) {
  return flashBaudOption(yargs)
    .option('firmware', {
      alias: 'f',
      type: 'string',
      requiresArg: true,
      describe: 'MicroPython image, a .bin from micropython.org (a virtual board brings its own)',
    })
    .option('erase', {
      type: 'boolean',
      default: false,
      describe: 'Erase everything first, files and networks too',
    });
}

export const flashCommand: CommandModule<CommonArguments, FlashArguments> = {
  command: 'flash',
  describe: 'Put MicroPython on the board and prove that it runs',
  builder: (yargs) =>
    flashOptions(yargs)
      .example('$0 flash --firmware ESP8266_GENERIC-20251209-v1.27.0.bin', 'the one board that is plugged in')
      .example('$0 flash --port virtual:desk', 'a board in software'),
  handler: (args) =>
    runCommand('flash', args, async ({ reporter, signal, openPort }) => {
      const { flash } = await import('../../operations/flash.js');
      const { firmwareFor } = await import('../firmware-source.js');
      const onProgress = reporter.progress.bind(reporter);
      const firmware = await firmwareFor(args.firmware, openPort, onProgress);
      const result = await flash(firmware.port, {
        firmware: firmware.image,
        baudRate: args.baud,
        erase: args.erase,
        signal,
        onProgress,
      });
      return {
        fields: { ...result },
        lines: [`MicroPython ${result.version ?? ''} runs on the ${result.chip} (${result.mac}).`],
      };
    }),
};
