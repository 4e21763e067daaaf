// esp-portal monitor

import { PortalError } from '../../errors.js';
import { defineCommand } from '../command.js';
import { MONITOR_OPTIONS } from '../options/follow.js';

export const monitorCommand = defineCommand({
  name: 'monitor',
  followsBoard: true,
  summary: "Follow the board's log and understand it",
  details: [
    'Ctrl-] leaves, Ctrl-R resets the board, Ctrl-T shows the keys. Ctrl-C leaves too, but goes to the board with ' +
      '`--interactive`. What the events are: [events.md](events.md).',
    'Opening the port does not reset the board. When the port goes away it is waited for: the same adapter by its USB ' +
      'serial number, wherever the system puts it.',
    'Passwords are masked everywhere, in `--raw`, `--json` and `--log-file` too. Control sequences of the board do not ' +
      'reach a terminal; with `--interactive` those pass that move along a line. With `--raw` or `--interactive` into a ' +
      'pipe or a file, the bytes go out as they are, passwords masked.',
  ],
  options: MONITOR_OPTIONS,
  examples: [
    ['monitor', 'until Ctrl-C'],
    ['monitor --until wifi.connected --fail-on crash,python --timeout 60 --json', 'in a script'],
    ['monitor --reset --boot-baud', 'from the first word of the ROM'],
    ['monitor --exclude sdk,dns --log-file board.log', 'less on the screen, everything in the file'],
    ['monitor --interactive', 'a REPL'],
  ],
  async run(args, context) {
    if (args.json && (args.raw || args.interactive)) {
      throw new PortalError('usage', '--json cannot be combined with --raw or --interactive.');
    }
    const { monitorOnTerminal } = await import('../terminal/monitor-terminal.js');
    return await monitorOnTerminal(args, context);
  },
});
