// esp-portal dev

import { defineCommand } from '../../command.js';
import { PORTAL_OPTIONS, packageAdder, portalOptions } from '../../options/portal.js';
import { UPLOAD_OPTIONS } from '../../options/shared.js';

export const devCommand = defineCommand({
  name: 'dev',
  followsBoard: true,
  summary: 'Send your program whenever you save it, restart it, and show the log',
  details: [
    'Installs what differs as [`install`](#install) does, follows the log, and watches DIR (default: `--app` of the settings, else this folder). A change is sent in one step, and the program starts again: on a board that is on its network, without joining it again. [developing.md](developing.md) shows it.',
    'Keys: `r` restarts the board, `p` opens the portal, `i` opens the REPL (Ctrl-] leads back), `q` or Ctrl-C leaves; the program keeps running.',
    'Syntax errors are found before anything is sent. Tracebacks name the files on this computer, `app/sensor.py:12: …`, which editors link.',
    'When the board is unplugged, `dev` waits until it is back and installs again. With `--json`, `sent`, `problem` and `watching` are events.',
  ],
  options: { ...PORTAL_OPTIONS, ...UPLOAD_OPTIONS },
  positionals: [{ name: 'dir', describe: 'The folder of your program', isOptional: true }],
  examples: [
    ['dev', 'watch the folder that esp-portal.json names as app, or this folder'],
    ['dev ./my-program', 'watch a folder'],
  ],
  async run(values, context) {
    const { app: appOption, 'app-mpy': compiled } = values;
    const { dir } = values as unknown as { readonly dir?: string };
    const settingsOnly = { ...values, app: undefined, 'app-mpy': false, packages: undefined };
    const { config, main } = await portalOptions(settingsOnly, context);
    const addPackages = await packageAdder(values, context);
    const { devOnTerminal } = await import('../../terminal/program/dev-terminal.js');
    const isOfProject = context.settings.some(({ option, from }) => option === 'app' && from === 'project');
    return devOnTerminal(
      {
        folder: dir ?? appOption ?? '.',
        refuseLinksOut: dir === undefined && isOfProject,
        ...{ compiled, config, main, addPackages, uploadBaudRate: values['upload-baud'] },
      },
      values,
      context,
    );
  },
});
