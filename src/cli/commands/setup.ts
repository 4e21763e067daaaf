// esp-portal setup

import type { CommandModule } from 'yargs';
import type { LogEntry, LogEventName } from '../../log/events.js';
import type { CommonArguments } from '../options.js';
import { runCommand } from '../run.js';
import { flashOptions } from './flash.js';
import { describeInstall, describeStart } from './install.js';
import { type FollowArguments, follow, followOptions } from './monitor.js';

interface SetupArguments extends CommonArguments, FollowArguments {
  firmware: string | undefined;
  baud: number | undefined;
  erase: boolean;
}

export const setupCommand: CommandModule<CommonArguments, SetupArguments> = {
  command: 'setup',
  describe: 'Everything in one go: flash, install, monitor',
  builder: (yargs) =>
    followOptions(flashOptions(yargs))
      .example('$0 setup --firmware ESP8266_GENERIC-20251209-v1.27.0.bin', 'from a bare board to its portal')
      .example('$0 setup --port virtual:', 'the same with nothing plugged in'),
  handler: (args) =>
    runCommand('setup', args, async ({ reporter, signal, openPort, localUrl }) => {
      const { until, 'fail-on': failOn } = args;
      const { setup } = await import('../../operations/setup.js');
      const { firmwareFor } = await import('../firmware-source.js');
      const onProgress = reporter.progress.bind(reporter);
      let reached: LogEventName | undefined;
      const onLog = (entry: LogEntry) => {
        if (until?.matches(entry)) reached ??= entry.event;
        reporter.log(entry);
      };
      const { image, port } = await firmwareFor(args.firmware, openPort, onProgress);
      const result = await setup(port, {
        firmware: image,
        baudRate: args.baud,
        erase: args.erase,
        signal,
        onProgress,
        onLog,
      });
      reporter.milestone([...describeInstall(result.install), describeStart(result.install, localUrl())]);
      const fields = { flash: result.flash, install: result.install };
      if (reached) return { fields: { ...fields, until: reached }, lines: [] };
      const followed = await follow(port, {
        ...{ until, failOn, timeoutMs: args.timeout, log: result.log, signal, onLog },
      });
      return { fields: { ...fields, ...followed.fields }, lines: followed.lines };
    }),
};
