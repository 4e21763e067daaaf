// esp-portal uninstall

import { defineCommand } from '../command.js';

export const uninstallCommand = defineCommand({
  name: 'uninstall',
  summary: 'Remove from the board what install has put there, and nothing else',
  details: [
    'Files that you have changed on the board since then stay, and are named. The stored network stays too, unless --purge is given.',
  ],
  options: {
    purge: {
      type: 'boolean',
      default: false,
      describe: 'Forget the stored network too: its file, and what the chip remembers by itself',
    },
    'dry-run': { type: 'boolean', default: false, describe: 'Say what would be removed, and remove nothing' },
  },
  examples: [
    ['uninstall', 'the board keeps MicroPython, your own files and its network'],
    ['uninstall --dry-run', 'what would go?'],
    ['uninstall --purge', 'before the board gets another owner'],
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
          ? [`Changed since they were installed, and therefore kept: ${changed.join(', ')}.`]
          : []),
        ...(main === 'still-starts-portal'
          ? ['Your own main.py still starts the portal, which is gone: take its lines out.']
          : []),
      ],
    };
  },
});

/** More names than this say less than their number. */
const NAMED = 3;

function describeRemoved(removed: readonly string[], dryRun: boolean): string {
  if (removed.length === 0) return 'Nothing of esp-portal is on this board.';
  if (dryRun) return `Would be removed: ${removed.join(', ')}.`;
  return `Removed: ${removed.length > NAMED ? `${removed.length} files` : removed.join(', ')}.`;
}
