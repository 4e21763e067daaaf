// esp-portal monitor

import { PortalError } from '../../errors.js';
import { defineCommand } from '../command.js';
import { MONITOR_OPTIONS } from '../options/follow.js';

export const monitorCommand = defineCommand({
  name: 'monitor',
  followsBoard: true,
  severalBoards: { refuses: ['interactive', 'raw', 'log-file'], startsTogether: true },
  summary: "Show the board's log with explanations",
  details: [
    'Ctrl-] leaves, Ctrl-R resets the board, Ctrl-T shows the keys. Ctrl-C leaves too; with `--interactive` it ' +
      'goes to the board. Events: [events.md](events.md).',
    'Opening the port does not reset the board. When the port disappears, monitor waits for the adapter with the same ' +
      'USB serial number, also at another path.',
    'Passwords are masked everywhere, in `--raw`, `--json` and `--log-file` too. Control sequences of the board do not ' +
      'reach a terminal; with `--interactive`, those that edit the current line do. With `--raw` or `--interactive` ' +
      'into a pipe or a file, the bytes are passed unchanged except for masked passwords.',
    'The log of several boards (`--port all`) has the name of its board in front of each line.',
  ],
  options: MONITOR_OPTIONS,
  examples: [
    ['monitor', 'show the log until Ctrl-C'],
    [
      'monitor --until wifi.connected --fail-on crash,python --timeout 60 --json',
      'wait for the network, in a script',
    ],
    ['monitor --reset --boot-baud', 'show the log from the first message of the ROM'],
    ['monitor --exclude sdk,dns --log-file board.log', 'show less, keep everything in a file'],
    ['monitor --interactive', 'use the REPL'],
  ],
  async run(args, context) {
    if (args.json && (args.raw || args.interactive)) {
      throw new PortalError('usage', '--json cannot be combined with --raw or --interactive.');
    }
    const { monitorOnTerminal } = await import('../terminal/monitor-terminal.js');
    return await monitorOnTerminal(args, context);
  },
});
