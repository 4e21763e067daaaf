// esp-portal setup

import type { LogEntry, LogEventName } from '../../log/events.js';
import { defineCommand } from '../command.js';
import { PORTAL_OPTIONS, portalOptions } from '../options/portal.js';
import { erasing, FLASH_OPTIONS } from './flash.js';
import { describeInstall, describeOutcome, viewLater } from './install.js';
import { FOLLOW_OPTIONS } from './monitor.js';

export const setupCommand = defineCommand({
  name: 'setup',
  followsBoard: true,
  summary: 'Everything in one go: flash, install, monitor',
  details: [
    'Over one opened port: the firmware unless it is there, the portal unless it is there, then the log until Ctrl-C or what `--until` names, with the keys of monitor.',
    'With `--until` it ends with status 0 when that event has come, be it while the portal starts.',
  ],
  options: { ...FLASH_OPTIONS, ...PORTAL_OPTIONS, ...FOLLOW_OPTIONS },
  examples: [
    ['setup', 'from a bare board to its portal'],
    ['setup --port virtual:', 'the same with nothing plugged in'],
    ['setup --essid Lamp --until portal.ready', 'with a name of its own, in a script'],
  ],
  async run(args, context) {
    const { reporter, signal, openPort, portAddress, localUrl } = context;
    const eraseOptions = erasing(args);
    const { followFilters, FollowView } = await import('../terminal/monitor-terminal.js');
    const filters = await followFilters(args);
    using view = new FollowView(args, context, filters);
    const { setup } = await import('../../operations/setup.js');
    const { firmwareFor } = await import('../options/firmware-source.js');
    const onProgress = reporter.progress.bind(reporter);
    let reached: LogEventName | undefined;
    const onLog = (entry: LogEntry) => {
      if (filters.until?.matches(entry)) reached ??= entry.event;
      view.onLog(entry);
    };
    const portal = await portalOptions(args, context.settings);
    const { firmware, port } = await firmwareFor(args.firmware, {
      env: context.host.env,
      openPort,
      onProgress,
      signal,
      allowHttp: args['allow-http'],
    });
    const result = await setup(port, {
      firmware,
      baudRate: args.baud,
      ...eraseOptions,
      headerFlashBytes: args['flash-size'],
      ...portal,
      signal,
      onProgress,
      onLog,
    });
    const url = localUrl();
    const portalView = reached || url === undefined ? viewLater(url, portAddress()) : { url };
    reporter.milestone([...describeInstall(result.install), ...describeOutcome(result.install, portalView)]);
    const fields = { flash: result.flash, install: result.install };
    if (reached) return { fields: { ...fields, until: reached }, lines: [] };
    const followed = await view.follow(port, { log: result.log });
    return { fields: { ...fields, ...followed.fields }, lines: followed.lines };
  },
});
