// esp-portal flash

import { defineCommand, type OptionTable } from '../command.js';
import { FLASH_BAUD_OPTION } from '../options.js';

/** Options of every command that flashes. */
export const FLASH_OPTIONS = {
  firmware: {
    alias: 'f',
    type: 'string',
    requiresArg: true,
    complete: 'files',
    describe: 'MicroPython image, a .bin from micropython.org (a virtual board brings its own)',
  },
  erase: {
    type: 'boolean',
    default: false,
    describe: 'Erase everything first, files and networks too',
  },
  ...FLASH_BAUD_OPTION,
} as const satisfies OptionTable;

export const flashCommand = defineCommand({
  name: 'flash',
  summary: 'Put MicroPython on the board and prove that it runs',
  details: [],
  options: FLASH_OPTIONS,
  examples: [
    ['flash --firmware ESP8266_GENERIC-20251209-v1.27.0.bin', 'the one board that is plugged in'],
    ['flash --port virtual:desk', 'a board in software'],
  ],
  async run(args, { reporter, signal, openPort }) {
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
  },
});
