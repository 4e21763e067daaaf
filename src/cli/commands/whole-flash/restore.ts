// esp-portal restore

import type { RestoreOptions } from '../../../operations/backup/restore.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { LOADER_OPTIONS, loaderOptions } from '../../options/flash.js';
import { askYesNo, isInteractive } from '../../terminal/ask.js';

export const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Write a backup back to the board, and verify it',
  details: [
    'Writes what differs from the backup, and verifies it by MD5. A board with another chip or flash size is refused. For another board of the same kind you are asked on a terminal; elsewhere `--other-board` is needed.',
    'A copy has the files, settings and the stored network of the other board. The MAC is in the chip and stays its own.',
    'The folder of `backup --files` goes back with `files put --recursive`.',
  ],
  options: {
    'other-board': {
      type: 'boolean',
      default: false,
      describe: 'Also write the backup of another board of the same kind',
    },
    ...LOADER_OPTIONS,
  },
  positionals: [{ name: 'file', describe: 'A file that `backup` made', isFile: true }],
  examples: [
    ['restore lamp.backup', 'make the board what it was'],
    ['restore lamp.backup --other-board', 'make another board a copy of it'],
  ],
  async run(values, context) {
    const { file } = values as unknown as { file: string };
    const { restore } = await import('../../../operations/backup/restore.js');
    const otherBoard = values['other-board'] || questionFor(context, values.json);
    const result = await restore(await context.openPort(), file, {
      ...loaderOptions(values, context),
      otherBoard,
    });
    const { chip, mac, writtenBytes } = result;
    const what =
      writtenBytes === 0
        ? 'nothing had changed'
        : `${(writtenBytes / 1024).toFixed(0)} KB differed and are written and verified`;
    return { fields: { ...result }, lines: [`The flash of the ${chip} (${mac}) is as in ${file}: ${what}.`] };
  },
});

function questionFor(
  { host, signal, reporter }: CommandContext,
  isJson: boolean,
): RestoreOptions['otherBoard'] {
  if (!isInteractive(host, isJson)) return false;
  return (backupMac, boardMac) => {
    reporter.milestone([]); // ends the line of the step, which would be drawn over the question
    const question = `The backup is of the board with MAC ${backupMac}, this one has ${boardMac}. Make it a copy?`;
    return askYesNo(question, host, signal);
  };
}
