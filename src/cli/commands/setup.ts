// esp-portal setup

import { PortalError, withBoardState } from '../../errors.js';
import type { LogEntry, LogEventName } from '../../operations/log/log-events.js';
import type { NetworkChoice } from '../../operations/wifi/set-network.js';
import { defineCommand, type OptionValues } from '../command.js';
import type { CommandContext } from '../context.js';
import { backupBefore, FLASH_OPTIONS, flashOptions, openWithFirmware } from '../options/flash.js';
import { FOLLOW_OPTIONS } from '../options/follow.js';
import { PORTAL_OPTIONS, portalOptions } from '../options/portal.js';
import { JOIN_OPTIONS, UPLOAD_OPTIONS } from '../options/shared.js';
import { describeInstall, describeOutcome, viewLater } from './install.js';

export const setupCommand = defineCommand({
  name: 'setup',
  severalBoards: { refuses: ['backup', 'log-file', 'password-stdin', 'static-ip'] },
  followsBoard: true,
  summary: 'Run flash, install and monitor',
  details: [
    'It writes MicroPython unless this release is installed, uploads the files of the portal that differ, and follows the log until Ctrl-C, with the keys of monitor. The board keeps running.',
    'On a board that is blank or erased it writes the files into the flash together with MicroPython, as a filesystem, and verifies them the same way. Where it does not know the place of the files, or there are files to keep, it uploads them to MicroPython. `filesInFlash` in the result of `--json` says which.',
    'With `--until` it ends with status 0 at that event, which may also occur while the portal starts.',
    'With `--wifi SSID` it also joins that network, as `wifi set` does, and prints the address. The password is read from a question on a terminal, from `--password-stdin` or from `$ESP_PORTAL_WIFI_PASSWORD`. If the board cannot join, its portal opens.',
    'It takes the options of these three commands except `--any-firmware`, `--dry-run`, `--restart`, `--reset`, `--boot-baud`, `--log-baud`, `--interactive` and `--raw`.',
  ],
  options: {
    ...FLASH_OPTIONS,
    'files-in-flash': {
      type: 'boolean',
      default: true,
      describe:
        'Write the files with the firmware to a new board (--no-files-in-flash: upload them to MicroPython)',
    },
    ...PORTAL_OPTIONS,
    ...FOLLOW_OPTIONS,
    ...UPLOAD_OPTIONS,
    wifi: {
      type: 'string',
      requiresArg: true,
      describe: 'Join this network and store it, as wifi set does: no phone is needed',
    },
    ...JOIN_OPTIONS,
  },
  examples: [
    ['setup', 'set up the connected board'],
    ['setup --port virtual:', 'set up a virtual board'],
    ['setup --wifi "Home WiFi" --until wifi.connected', 'set up a board without a phone'],
    ['setup --essid Lamp --until portal.ready', 'set the name of the WiFi; end when the portal is open'],
  ],
  async run(args, context) {
    const { reporter, signal, portAddress, localUrl } = context;
    const flashing = flashOptions(args);
    const wifi = await wifiChoice(args, context);
    const { followFilters, FollowView } = await import('../terminal/monitor-terminal.js');
    const filters = await followFilters(args);
    using view = new FollowView(args, context, filters);
    const { setup } = await import('../../operations/setup.js');
    let reached: LogEventName | undefined;
    const onLog = (entry: LogEntry) => {
      if (filters.until?.matches(entry)) reached ??= entry.event;
      view.onLog(entry);
    };
    const portal = await portalOptions(args, context);
    const { firmware, port } = await openWithFirmware(args, context);
    const result = await setup(port, {
      ...flashing,
      beforeErase: backupBefore(args, context),
      ...portal,
      wifi,
      firmware,
      filesInFlash: args['files-in-flash'],
      uploadBaudRate: args['upload-baud'],
      signal,
      onProgress: reporter.progress.bind(reporter),
      onLog,
    });
    const url = localUrl();
    const portalView = reached || url === undefined ? viewLater(url, portAddress()) : { url };
    reporter.milestone([...describeInstall(result.install), ...describeOutcome(result.install, portalView)]);
    const fields = {
      flash: result.flash,
      install: result.install,
      filesInFlash: result.filesInFlash,
    };
    if (reached) return { fields: { ...fields, until: reached }, lines: [] };
    const followed = await view.follow(port, { log: result.log }).catch((error: unknown) => {
      throw withBoardState(error, 'The firmware and the portal are installed.');
    });
    return { fields: { ...fields, ...followed.fields }, lines: followed.lines };
  },
});

/** @throws PortalError `usage` */
async function wifiChoice(
  args: OptionValues<typeof JOIN_OPTIONS> & { readonly wifi: string | undefined },
  context: CommandContext,
): Promise<NetworkChoice | undefined> {
  if (args.wifi === undefined) {
    if (args.open || args['password-stdin'])
      throw new PortalError('usage', '--open and --password-stdin need a network: add --wifi SSID.');
    return undefined;
  }
  const { wantedNetwork } = await import('../terminal/secrets/wifi-password.js');
  const wanted = await wantedNetwork(args.wifi, args, context);
  const { findWanted } = await import('../../operations/wifi/networks.js');
  return (networks) => findWanted(networks, wanted);
}
