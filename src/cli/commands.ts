// Every command, in the order in which the help lists them.

import type { Command } from './command.js';
import { completionCommand } from './commands/completion.js';
import { configCommand } from './commands/config.js';
import { factoryCommand } from './commands/factory/factory.js';
import { filesCommand } from './commands/files.js';
import { firmwareCommand } from './commands/firmware.js';
import { flashCommand } from './commands/flash.js';
import { installCommand } from './commands/install.js';
import { monitorCommand } from './commands/monitor.js';
import { portsCommand } from './commands/ports.js';
import { devCommand } from './commands/program/dev.js';
import { execCommand } from './commands/program/exec.js';
import { runCommand } from './commands/program/run.js';
import { initCommand } from './commands/project/init.js';
import { addCommand, removeCommand } from './commands/project/packages.js';
import { resetCredsCommand } from './commands/reset-creds.js';
import { setupCommand } from './commands/setup.js';
import { simulateCommand } from './commands/simulate.js';
import { uninstallCommand } from './commands/uninstall.js';
import { backupCommand } from './commands/whole-flash/backup.js';
import { imageCommand } from './commands/whole-flash/image.js';
import { restoreCommand } from './commands/whole-flash/restore.js';
import { wifiCommand } from './commands/wifi/wifi.js';
import type { OptionTable } from './options/option-table.js';
import { COMMON_OPTIONS } from './options/shared.js';

export const COMMANDS: readonly Command[] = [
  setupCommand,
  flashCommand,
  installCommand,
  monitorCommand,
  wifiCommand,
  resetCredsCommand,
  uninstallCommand,
  devCommand,
  runCommand,
  execCommand,
  filesCommand,
  backupCommand,
  restoreCommand,
  factoryCommand,
  firmwareCommand,
  imageCommand,
  initCommand,
  addCommand,
  removeCommand,
  portsCommand,
  simulateCommand,
  configCommand,
  completionCommand,
];

const options = COMMANDS.flatMap((command) => Object.entries(command.options));

/** The options of all of them, as settings set them. */
export const ALL_OPTIONS: OptionTable = {
  ...COMMON_OPTIONS,
  ...Object.fromEntries(options.filter(([, { isOwn }]) => !isOwn)),
};

/** The options that a command line may hold. */
export const TYPED_OPTIONS: OptionTable = { ...Object.fromEntries(options), ...ALL_OPTIONS };
