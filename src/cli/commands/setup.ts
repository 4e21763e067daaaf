// esp-portal setup

import { withBoardState } from '../../errors.js';
import type { LogEntry, LogEventName } from '../../operations/log/log-events.js';
import { defineCommand } from '../command.js';
import { FLASH_OPTIONS, flashOptions, openWithFirmware } from '../options/flash.js';
import { FOLLOW_OPTIONS } from '../options/follow.js';
import { PORTAL_OPTIONS, portalOptions } from '../options/portal.js';
import { describeInstall, describeOutcome, viewLater } from './install.js';

export const setupCommand = defineCommand({
  name: 'setup',
  followsBoard: true,
  summary: 'Run flash, install and monitor',
  details: [
    'It writes MicroPython unless this release is installed, uploads the files of the portal that differ, and follows the log until Ctrl-C, with the keys of monitor. The board keeps running.',
    'On a board that is blank or erased it writes the files into the flash together with MicroPython, as a filesystem, and verifies them the same way. Where it does not know the place of the files, or there are files to keep, it uploads them to MicroPython. `filesInFlash` in the result of `--json` says which.',
    'With `--until` it ends with status 0 at that event, which may also occur while the portal starts.',
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
  },
  examples: [
    ['setup', 'set up the connected board'],
    ['setup --port virtual:', 'set up a virtual board'],
    ['setup --essid Lamp --until portal.ready', 'set the name of the WiFi; end when the portal is open'],
  ],
  async run(args, context) {
    const { reporter, signal, portAddress, localUrl } = context;
    const flashing = flashOptions(args);
    const { followFilters, FollowView } = await import('../terminal/monitor-terminal.js');
    const filters = await followFilters(args);
    using view = new FollowView(args, context, filters);
    const { setup } = await import('../../operations/setup.js');
    let reached: LogEventName | undefined;
    const onLog = (entry: LogEntry) => {
      if (filters.until?.matches(entry)) reached ??= entry.event;
      view.onLog(entry);
    };
    const portal = await portalOptions(args, context.settings);
    const { firmware, port } = await openWithFirmware(args, context);
    const result = await setup(port, {
      ...flashing,
      ...portal,
      firmware,
      filesInFlash: args['files-in-flash'],
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
