// The command line: which commands there are and what to do with one that is not understood.

import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { PortalError } from '../errors.js';
import { firmwareCommand } from './commands/firmware.js';
import { flashCommand } from './commands/flash.js';
import { installCommand } from './commands/install.js';
import { monitorCommand } from './commands/monitor.js';
import { resetCredsCommand } from './commands/reset-creds.js';
import { setupCommand } from './commands/setup.js';
import { simulateCommand } from './commands/simulate.js';
import { commonOptions } from './options.js';
import { reportUsageError } from './run.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const argv = hideBin(process.argv);
if (argv.includes('--no-color')) process.env.NO_COLOR = '1';

const parser = commonOptions(yargs(argv))
  .scriptName('esp-portal')
  .usage('$0 <command> [options]\n\nPuts MicroPython and a captive WiFi portal on an ESP8266 or ESP32.')
  .command(setupCommand)
  .command(flashCommand)
  .command(firmwareCommand)
  .command(installCommand)
  .command(monitorCommand)
  .command(resetCredsCommand)
  .command(simulateCommand)
  .demandCommand(1, 'Name a command.')
  .strict()
  .recommendCommands()
  .version(version)
  .help()
  .alias('help', 'h')
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .exitProcess(false)
  .parserConfiguration({ 'duplicate-arguments-array': false })
  .fail((message, error) => {
    throw error ?? new PortalError('usage', message);
  });

try {
  await parser.parseAsync();
} catch (error) {
  const isUsage = error instanceof PortalError || (error instanceof Error && error.name === 'YError');
  if (!isUsage) throw error;
  const command = argv.find((word) => !word.startsWith('-')) ?? 'esp-portal';
  await reportUsageError(command, error.message, argv.includes('--json'));
}
