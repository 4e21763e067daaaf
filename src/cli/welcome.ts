// esp-portal without a command: shows what to type for the boards that are connected.

import { defineCommand } from './command.js';

export const welcome = defineCommand({
  name: 'esp-portal',
  isWithoutBoard: true,
  summary: 'Show what to type for the boards that are connected',
  details: [],
  options: {},
  examples: [],
  async run() {
    const { boardsAmong, discoverPorts } = await import('../operations/ports/ports.js');
    const boards = boardsAmong(await discoverPorts());
    return {
      fields: { boards },
      lines: [...nextSteps(boards), '', 'All commands: esp-portal --help'],
      isListing: true,
    };
  },
});

function nextSteps(boards: readonly { path: string; adapter: string; chips: string }[]): string[] {
  const [board, ...others] = boards;
  if (!board) {
    return [
      'No board is connected. Connect one with a data cable, or try a virtual board:',
      '    esp-portal setup --port virtual:',
      'If a board is connected, but not found:',
      '    esp-portal ports',
    ];
  }
  if (others.length > 0) {
    return [
      `${boards.length} boards are connected. Choose one:`,
      ...boards.map(({ path, adapter }) => `    esp-portal setup --port ${path}    # ${adapter}`),
    ];
  }
  return [
    `A board is connected: ${board.path} (${board.adapter}), probably an ${board.chips}.`,
    'To flash MicroPython, install the portal and show the log:',
    '    esp-portal setup',
  ];
}
