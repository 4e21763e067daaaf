// esp-portal setup

import type { LogEntry, LogEventName } from '../../log/events.js';
import { defineCommand } from '../command.js';
import { PORTAL_OPTIONS, portalOptions } from '../portal-options.js';
import { FLASH_OPTIONS } from './flash.js';
import { describeInstall, describeOutcome } from './install.js';
import { FOLLOW_OPTIONS, follow, parseUntil } from './monitor.js';

export const setupCommand = defineCommand({
  name: 'setup',
  summary: 'Everything in one go: flash, install, monitor',
  details: [],
  options: { ...FLASH_OPTIONS, ...PORTAL_OPTIONS, ...FOLLOW_OPTIONS },
  examples: [
    ['setup --firmware ESP8266_GENERIC-20251209-v1.27.0.bin', 'from a bare board to its portal'],
    ['setup --port virtual:', 'the same with nothing plugged in'],
  ],
  async run(args, { reporter, signal, openPort, localUrl }) {
    const until = parseUntil(args.until);
    const { setup } = await import('../../operations/setup.js');
    const { firmwareFor } = await import('../firmware-source.js');
    const onProgress = reporter.progress.bind(reporter);
    let reached: LogEventName | undefined;
    const onLog = (entry: LogEntry) => {
      if (until.includes(entry.event)) reached ??= entry.event;
      reporter.log(entry);
    };
    const portal = await portalOptions(args);
    const { image, port } = await firmwareFor(args.firmware, openPort, onProgress);
    const result = await setup(port, {
      firmware: image,
      baudRate: args.baud,
      erase: args.erase,
      ...portal,
      signal,
      onProgress,
      onLog,
    });
    reporter.milestone([...describeInstall(result.install), ...describeOutcome(result.install, localUrl())]);
    const fields = { flash: result.flash, install: result.install };
    if (reached) return { fields: { ...fields, until: reached }, lines: [] };
    const followed = await follow(port, { until, timeoutMs: args.timeout, log: result.log, signal, onLog });
    return { fields: { ...fields, ...followed.fields }, lines: followed.lines };
  },
});
