// esp-portal install

import type { InstallResult } from '../../operations/install.js';
import type { PortalStart } from '../../operations/start-portal.js';
import { defineCommand } from '../command.js';
import { timeoutOption } from '../options.js';

export const installCommand = defineCommand({
  name: 'install',
  summary: 'Upload the captive portal and start it',
  details: [],
  options: timeoutOption('Seconds that the portal may take to report'),
  examples: [['install --port /dev/ttyUSB0', 'MicroPython is on the board already']],
  async run(args, { reporter, signal, openPort, localUrl }) {
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
  },
});

/** What was put on the board, for people. */
export function describeInstall({ files, bytes, keptMain }: InstallResult): string[] {
  return [
    `${files} files (${(bytes / 1000).toFixed(1)} KB) are on the board.`,
    ...(keptMain ? [`The main.py that was there is now ${keptMain}.`] : []),
  ];
}

/**
 * What a person does next.
 * @param localUrl where a virtual board is reachable, which no phone can join
 */
export function describeStart({ state, ssid, url }: PortalStart, localUrl: string | undefined): string {
  if (state === 'connected') return `The board joined "${ssid}" with what it had stored: ${url}`;
  return localUrl
    ? `The portal is open: WiFi "${ssid}", ${url}. Nobody can join the WiFi of a virtual board: open ${localUrl} here.`
    : `The portal is open: join the WiFi "${ssid}" with a phone, then open ${url} if nothing pops up.`;
}
