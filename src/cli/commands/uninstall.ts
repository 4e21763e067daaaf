// esp-portal uninstall

import { defineCommand } from '../command.js';

export const uninstallCommand = defineCommand({
  name: 'uninstall',
  severalBoards: { refuses: [] },
  summary: 'Remove from the board what install uploaded',
  details: [
    'Files that you changed on the board since then are kept and listed. The stored networks and the values of fields are kept, too, unless --purge is given.',
  ],
  options: {
    purge: {
      type: 'boolean',
      default: false,
      describe:
        'Also delete the stored networks, from their file and from the memory of the SDK, and the values of fields',
    },
    'dry-run': { type: 'boolean', default: false, describe: 'List what would be removed; remove nothing' },
  },
  examples: [
    ['uninstall', 'keep MicroPython, your own files, networks and values of fields'],
    ['uninstall --dry-run', 'list the files to be removed'],
    ['uninstall --purge', 'also delete those, before you give the board away'],
  ],
  async run(args, { reporter, signal, openPort }) {
    const { uninstall } = await import('../../operations/install/uninstall.js');
    const result = await uninstall(await openPort(), {
      purge: args.purge,
      dryRun: args['dry-run'],
      signal,
      onProgress: reporter.progress.bind(reporter),
    });
    const { removed, changed, main } = result;
    return {
      fields: { ...result },
      lines: [
        describeRemoved(removed, args['dry-run']),
        ...(changed.length > 0
          ? [`Kept, because they were changed after the installation: ${changed.join(', ')}.`]
          : []),
        ...(main === 'still-starts-portal'
          ? ['Your own main.py still starts the portal, which is removed: delete those lines.']
          : []),
      ],
    };
  },
});

/** Above this, the number of files is shown instead of their names. */
const NAMED = 3;

function describeRemoved(removed: readonly string[], dryRun: boolean): string {
  if (removed.length === 0) return 'The board has no files of esp-portal.';
  if (dryRun) return `Would be removed: ${removed.join(', ')}.`;
  return `Removed: ${removed.length > NAMED ? `${removed.length} files` : removed.join(', ')}.`;
}
