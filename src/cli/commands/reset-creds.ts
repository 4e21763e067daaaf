// esp-portal reset-creds

import type { ResetCredentialsResult } from '../../operations/credentials/reset-credentials.js';
import { defineCommand } from '../command.js';
import { QR_OPTION } from '../options/shared.js';
import { AT_PROMPT, describeStart, type LocalView, viewLater } from './install.js';

export const resetCredsCommand = defineCommand({
  name: 'reset-creds',
  severalBoards: { refuses: [] },
  summary: 'Delete the stored networks and wait until the portal is open again',
  details: [
    'It removes `wifi.creds` and its temporary files, and the network in the memory of the ESP8266 SDK, restarts ' +
      'the board, and waits until the access point is open. It prints the names of the networks, never a password.',
    'If no network was stored, it says so and ends with status 0.',
  ],
  options: {
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'Report which networks are stored; change nothing',
    },
    restart: {
      type: 'boolean',
      default: true,
      describe: 'Restart the board and wait for its access point (--no-restart: leave it at its prompt)',
    },
    ...QR_OPTION,
  },
  examples: [
    ['reset-creds', 'delete the networks, before the board moves to another place'],
    ['reset-creds --no-restart', 'leave the board at its prompt'],
    ['reset-creds --dry-run --json', 'print the stored networks as JSON'],
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
  const list = new Intl.ListFormat('en-GB').format(names); // not for every command: it loads 6 MB of ICU's data
  const networks = `${dryRun ? 'Would be forgotten' : 'Forgotten'}: ${list}.`;
  const files = `${dryRun ? 'Would be removed' : 'Removed'}, damaged: ${damaged.join(', ')}.`;
  return [names.length > 0 ? networks : 'No network was stored.', ...(damaged.length > 0 ? [files] : [])];
}

/** Where a name was found that is in no file. */
const PLACES: Readonly<Record<string, string>> = { chip: "the SDK's memory" };

function describeAfter(
  { restarted, portal }: ResetCredentialsResult,
  dryRun: boolean,
  view: LocalView | undefined,
): string {
  if (!restarted) return AT_PROMPT;
  if (dryRun)
    return 'Nothing was changed; the board was restarted, because its program had to be interrupted.';
  if (!portal) return 'The board has no portal; install it with esp-portal install.';
  return portal.ssid === '' ? `The access point is open: ${portal.url}` : describeStart(portal, view);
}
