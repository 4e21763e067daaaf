// esp-portal reset-creds

import type { CommandModule } from 'yargs';
import type { CommonArguments } from '../options.js';
import { runCommand } from '../run.js';
import { describeStart } from './install.js';

export const resetCredsCommand: CommandModule<CommonArguments, CommonArguments> = {
  command: 'reset-creds',
  describe: 'Make the board forget its network and open its portal again',
  builder: (yargs) => yargs.example('$0 reset-creds', 'before a board moves to another home'),
  handler: (args) =>
    runCommand('reset-creds', args, async ({ reporter, signal, openPort }) => {
      const { resetCredentials } = await import('../../operations/reset-credentials.js');
      const { forgotten, portal } = await resetCredentials(await openPort(), {
        signal,
        onProgress: reporter.progress.bind(reporter),
        onLog: reporter.log.bind(reporter),
      });
      const what = forgotten.map((name) => `"${name}"`).join(' and ');
      return {
        fields: { forgotten, portal },
        lines: [
          forgotten.length > 0 ? `Forgotten: ${what}.` : 'No network was stored.',
          portal
            ? describeStart(portal)
            : 'There is no portal on this board; esp-portal install puts it there.',
        ],
      };
    }),
};
