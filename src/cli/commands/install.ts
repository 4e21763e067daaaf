// esp-portal install

import type { CommandModule } from 'yargs';
import type { InstallResult } from '../../operations/install.js';
import type { PortalStart } from '../../operations/start-portal.js';
import { type CommonArguments, timeoutOption } from '../options.js';
import { runCommand } from '../run.js';

interface InstallArguments extends CommonArguments {
  timeout: number | undefined;
}

export const installCommand: CommandModule<CommonArguments, InstallArguments> = {
  command: 'install',
  describe: 'Upload the captive portal and start it',
  builder: (yargs) =>
    timeoutOption(yargs, 'Seconds that the portal may take to report').example(
      '$0 install --port /dev/ttyUSB0',
      'MicroPython is on the board already',
    ),
  handler: (args) =>
    runCommand('install', args, async ({ reporter, signal, openPort }) => {
      const { install } = await import('../../operations/install.js');
      const result = await install(await openPort(), {
        readyTimeoutMs: args.timeout === undefined ? undefined : args.timeout * 1000,
        signal,
        onProgress: reporter.progress.bind(reporter),
        onLog: reporter.log.bind(reporter),
      });
      return { fields: { ...result }, lines: [...describeInstall(result), describeStart(result)] };
    }),
};

/** What was put on the board, for people. */
export function describeInstall({ files, bytes, keptMain }: InstallResult): string[] {
  return [
    `${files} files (${(bytes / 1000).toFixed(1)} KB) are on the board.`,
    ...(keptMain ? [`The main.py that was there is now ${keptMain}.`] : []),
  ];
}

/** What a person does next. */
export function describeStart({ state, ssid, url }: PortalStart): string {
  return state === 'portal'
    ? `The portal is open: join the WiFi "${ssid}" with a phone, then open ${url} if nothing pops up.`
    : `The board joined "${ssid}" with what it had stored: ${url}`;
}
