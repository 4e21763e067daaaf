// esp-portal backup

import { PortalError } from '../../../errors.js';
import { defineCommand } from '../../command.js';
import { HOLDS_SECRETS, LOADER_OPTIONS, loaderOptions } from '../../options/flash.js';

export const backupCommand = defineCommand({
  name: 'backup',
  summary: 'Save the whole flash of the board, or its files, on this computer',
  details: [
    'Reads the whole flash: firmware, files, settings and stored network. Without FILE, the name is made of the chip and its MAC. The file is readable by you only, because passwords are in it. `restore` writes it back.',
    'Each piece of 64 KB is verified by MD5. Erased pieces are neither sent nor saved. After an interruption, the same command continues from FILE.partial; what changed on the board since then is read again.',
    'The first line of the file is JSON: chip, MAC, size and mode of the flash, partitions, MicroPython version and the MD5 of each piece (empty for an erased one). The pieces follow.',
    'With `--files`, the files are copied into the folder FILE instead, by MicroPython, as they are: `files put --recursive FILE` copies them back.',
  ],
  options: {
    files: {
      type: 'boolean',
      default: false,
      describe: 'Copy the files into a folder, not the flash into a file',
    },
    ...LOADER_OPTIONS,
  },
  positionals: [
    {
      name: 'file',
      describe: 'The file, which does not exist yet; with `--files` the folder',
      isOptional: true,
      isFile: true,
    },
  ],
  examples: [
    ['backup', 'save the flash of the only board connected'],
    ['backup lamp.backup --baud 921600', 'faster, where the adapter permits it'],
    ['backup ./lamp --files', 'copy the files only'],
  ],
  async run(values, context) {
    const { file } = values as unknown as { file?: string };
    const options = loaderOptions(values, context);
    if (values.files) {
      if (file === undefined)
        throw new PortalError('usage', 'backup --files needs a folder: esp-portal backup FOLDER --files');
      const { getFiles } = await import('../../../operations/files/files.js');
      const result = await getFiles(
        await context.openPort(),
        { path: '/', to: file, recursive: true, isPrivate: true },
        options,
      );
      return {
        fields: { ...result },
        lines: [
          `${result.files.length} files (${(result.bytes / 1000).toFixed(1)} KB) are in ${result.to}.`,
          'WiFi passwords may be among them: keep them private.',
        ],
      };
    }
    const { backup } = await import('../../../operations/backup/backup.js');
    const result = await backup(await context.openPort(), file, options);
    const { chip, mac, micropython, fileBytes, flashSizeBytes } = result;
    const firmware = micropython === undefined ? '' : ` with MicroPython ${micropython}`;
    return {
      fields: { ...result },
      lines: [
        `The flash of the ${chip}${firmware} (${mac}) is saved in ${result.file}: ${megabytes(flashSizeBytes)} MB, ${megabytes(fileBytes)} MB without what is erased.`,
        HOLDS_SECRETS,
      ],
    };
  },
});

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(bytes % (1024 * 1024) === 0 ? 0 : 2);
}
