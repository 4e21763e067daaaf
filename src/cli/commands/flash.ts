// esp-portal flash

import type { FlashResult } from '../../operations/flash/flash.js';
import { defineCommand } from '../command.js';
import { backupBefore, FLASH_OPTIONS, flashOptions, openWithFirmware } from '../options/flash.js';

const PLANS = {
  nothing: 'is installed already: nothing would be written',
  write: 'would be written; nothing else would be erased',
  'erase-and-write': 'would be written after erasing the whole flash, with all files and the stored network',
} as const;

/** For people: what is on the board now, or would be. */
function describeFlash(result: FlashResult): string {
  const { version, dryRun, skipped, chip, mac, files } = result;
  const micropython = version === undefined ? 'MicroPython' : `MicroPython ${version}`;
  const program = result.isMicroPython ? micropython : 'The firmware';
  const what = files === undefined ? program : `${program} with the files in the image`;
  if (dryRun) return `${what} ${planText(result)}. Nothing was changed on the ${chip} (${mac}).`;
  if (!result.isMicroPython) {
    const state = skipped ? 'was already installed (nothing was written)' : 'is written and verified';
    return `${what} ${state} on the ${chip} (${mac}). Its start is not checked, because it is not MicroPython.`;
  }
  const how = skipped ? 'was already installed (nothing was written) and runs' : 'runs';
  return `${what} ${how} on the ${chip} (${mac}).`;
}

function planText({ plan, files }: FlashResult): string {
  return plan === 'nothing' && files === 'write'
    ? 'would be complete: the firmware is installed already, its files would be written'
    : PLANS[plan];
}

export const flashCommand = defineCommand({
  name: 'flash',
  severalBoards: { refuses: ['backup'] },
  summary: 'Write MicroPython to the board, verify it, and check that it starts',
  details: [
    'Without `--firmware`, the newest release for the chip and the size of its flash is used, from the cache or from micropython.org. A file, a URL and the name of a build are checked before the port is opened; a release is selected after the chip was identified.',
    'An image that the flash already holds is not written again. MicroPython with the same flash layout keeps its files; anything else is erased first, unless `--keep-files` is given.',
    'A file that `image` made has the files of the board, too: they are written with the firmware. Where the board has other files, the whole flash is erased first, unless `--keep-files` is given, which writes the firmware only.',
    'Before a flash with other data is erased, you are asked on a terminal whether to save it in a file first. Elsewhere `--backup FILE` saves it.',
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
    [
      'flash --port virtual:left,virtual:right',
      'write to two boards at the same time; --port all: to all connected',
    ],
  ],
  async run(args, context) {
    const options = flashOptions(args);
    const { flash } = await import('../../operations/flash/flash.js');
    const { firmware, port } = await openWithFirmware(args, context);
    const { reporter, signal } = context;
    const result = await flash(port, {
      ...options,
      firmware,
      dryRun: args['dry-run'],
      beforeErase: backupBefore(args, context),
      signal,
      onProgress: reporter.progress.bind(reporter),
    });
    return { fields: { ...result }, lines: [describeFlash(result)] };
  },
});
