// esp-portal reset-creds

import type { ResetCredentialsResult } from '../../operations/credentials/reset-credentials.js';
import { defineCommand } from '../command.js';
import { describeStart, type LocalView, viewLater } from './install.js';

export const resetCredsCommand = defineCommand({
  name: 'reset-creds',
  summary: 'Make the board forget its network and open its portal again',
  details: [
    'It removes `wifi.creds` and its temporary files, and what the SDK of an ESP8266 remembers by itself, restarts the ' +
      'board, and has succeeded when the access point is back. It tells the name of the network, never the password.',
    'Where nothing was stored it says so, and ends with status 0.',
  ],
  options: {
    'dry-run': { type: 'boolean', default: false, describe: 'Tell what would be forgotten, change nothing' },
    restart: {
      type: 'boolean',
      default: true,
      describe: 'Restart the board and see its access point (--no-restart: leave it at its prompt)',
    },
  },
  examples: [
    ['reset-creds', 'before a board moves to another home'],
    ['reset-creds --no-restart', 'and leave it at its prompt'],
    ['reset-creds --dry-run --json', 'which network does it know?'],
  ],
  async run(args, { reporter, signal, openPort, portAddress, localUrl }) {
    const { resetCredentials } = await import('../../operations/credentials/reset-credentials.js');
    const dryRun = args['dry-run'];
    const result = await resetCredentials(await openPort(), {
      dryRun,
      restart: args.restart,
      signal,
      onProgress: reporter.progress.bind(reporter),
      onLog: reporter.log.bind(reporter),
    });
    return {
      fields: { ...result, dryRun },
      lines: [
        ...describeForgotten(result, dryRun),
        describeAfter(result, dryRun, viewLater(localUrl(), portAddress())),
      ],
    };
  },
});

function describeForgotten({ forgotten, found, damaged }: ResetCredentialsResult, dryRun: boolean): string[] {
  const names = forgotten.map((name) => {
    const places = found.filter(({ ssid }) => ssid === name).map(({ in: place }) => PLACES[place] ?? place);
    return `"${name}" (${places.join(', ')})`;
  });
  const networks = `${dryRun ? 'Would be forgotten' : 'Forgotten'}: ${names.join(' and ')}.`;
  const files = `${dryRun ? 'Would be removed' : 'Removed'}, damaged: ${damaged.join(', ')}.`;
  return [names.length > 0 ? networks : 'No network was stored.', ...(damaged.length > 0 ? [files] : [])];
}

/** Where a name was found that is in no file. */
const PLACES: Readonly<Record<string, string>> = { chip: "the chip's own memory" };

function describeAfter(
  { restarted, portal }: ResetCredentialsResult,
  dryRun: boolean,
  view: LocalView | undefined,
): string {
  if (!restarted) return 'The board waits at its prompt; esp-portal monitor --reset restarts it.';
  if (dryRun)
    return 'Nothing was changed; the board was restarted, because its program had to be interrupted.';
  if (!portal) return 'There is no portal on this board; esp-portal install puts it there.';
  return portal.ssid === '' ? `The access point is open: ${portal.url}` : describeStart(portal, view);
}
