// esp-portal reset-creds

import { defineCommand } from '../command.js';
import { describeStart } from './install.js';

export const resetCredsCommand = defineCommand({
  name: 'reset-creds',
  summary: 'Make the board forget its network and open its portal again',
  details: [],
  options: {},
  examples: [['reset-creds', 'before a board moves to another home']],
  async run(_args, { reporter, signal, openPort, localUrl }) {
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
          ? describeStart(portal, localUrl())
          : 'There is no portal on this board; esp-portal install puts it there.',
      ],
    };
  },
});
