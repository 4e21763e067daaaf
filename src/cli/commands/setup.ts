// esp-portal setup

import type { CommandModule } from 'yargs';
import type { LogEntry, LogEventName } from '../../log/events.js';
import type { CommonArguments } from '../options.js';
import { runCommand } from '../run.js';
import { eraseOptions, type FlashArguments, flashOptions } from './flash.js';
import { describeInstall, describeStart } from './install.js';
import { type FollowArguments, follow, followOptions, parseUntil } from './monitor.js';

interface SetupArguments extends FlashArguments, FollowArguments {}

export const setupCommand: CommandModule<CommonArguments, SetupArguments> = {
  command: 'setup',
  describe: 'Everything in one go: flash, install, monitor',
  builder: (yargs) =>
    followOptions(flashOptions(yargs))
      .example('$0 setup --firmware ESP8266_GENERIC-20251209-v1.27.0.bin', 'from a bare board to its portal')
      .example('$0 setup --port virtual:', 'the same with nothing plugged in'),
  handler: (args) =>
    runCommand('setup', args, async ({ reporter, signal, openPort, localUrl }) => {
      const until = parseUntil(args.until);
      const erasing = eraseOptions(args);
      const { setup } = await import('../../operations/setup.js');
      const { firmwareFor } = await import('../firmware-source.js');
      const onProgress = reporter.progress.bind(reporter);
      let reached: LogEventName | undefined;
      const onLog = (entry: LogEntry) => {
        if (until.includes(entry.event)) reached ??= entry.event;
        reporter.log(entry);
      };
      const { firmware, port } = await firmwareFor(args.firmware, { openPort, onProgress, signal });
      const result = await setup(port, {
        firmware,
        baudRate: args.baud,
        ...erasing,
        signal,
        onProgress,
        onLog,
      });
      reporter.milestone([...describeInstall(result.install), describeStart(result.install, localUrl())]);
      const fields = { flash: result.flash, install: result.install };
      if (reached) return { fields: { ...fields, until: reached }, lines: [] };
      const followed = await follow(port, { until, timeoutMs: args.timeout, log: result.log, signal, onLog });
      return { fields: { ...fields, ...followed.fields }, lines: followed.lines };
    }),
};
