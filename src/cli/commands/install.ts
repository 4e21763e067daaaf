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
    runCommand('install', args, async ({ reporter, signal, openPort, localUrl }) => {
      const { install } = await import('../../operations/install.js');
      const result = await install(await openPort(), {
        readyTimeoutMs: args.timeout,
        signal,
        onProgress: reporter.progress.bind(reporter),
        onLog: reporter.log.bind(reporter),
      });
      return {
        fields: { ...result },
        lines: [...describeInstall(result), describeStart(result, localUrl())],
      };
    }),
};

/** What was put on the board, for people. */
export function describeInstall({ state, filesSent, bytes, sentBytes, removed, kept }: InstallResult): string[] {
  const size = `${(bytes / 1000).toFixed(1)} KB`;
  const would = state === 'untouched' ? 'would be ' : '';
  return [
    filesSent === 0
      ? 'Everything is on the board already.'
      : `${filesSent} files (${size}) ${would || 'were '}sent${sentBytes ? ` as ${(sentBytes / 1000).toFixed(1)} KB` : ''}.`,
    ...(removed.length > 0 ? [`${would || 'Were '}removed: ${removed.join(', ')}.`] : []),
    ...Object.entries(kept).map(([path, name]) => `The ${path} that was there is ${would ? 'would be' : 'now'} ${name}.`),
  ];
}

/**
 * What a person does next.
 * @param localUrl where a virtual board is reachable, which no phone can join
 */
export function describeStart({ state, ssid, url }: InstallResult | PortalStart, localUrl: string | undefined): string {
  if (state === 'untouched') return 'Nothing was changed.';
  if (state === 'waiting') return 'x';
  if (state === 'connected') return `The board joined "${ssid}" with what it had stored: ${url}`;
  return localUrl
    ? `The portal is open: WiFi "${ssid}", ${url}. Nobody can join the WiFi of a virtual board: open ${localUrl} here.`
    : `The portal is open: join the WiFi "${ssid}" with a phone, then open ${url} if nothing pops up.`;
}
