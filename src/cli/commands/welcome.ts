// esp-portal alone: what to do next for what is plugged in. No command of its own: it has no name to type.

import { defineCommand } from '../command.js';

export const welcome = defineCommand({
  name: 'esp-portal',
  isWithoutBoard: true,
  summary: 'Show what to do next for what is plugged in',
  details: [],
  options: {},
  examples: [],
  async run() {
    const { boardsAmong, discoverPorts } = await import('../../operations/ports/ports.js');
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
      'No board is plugged in. Plug one in with a data cable, or see it work without one:',
      '    esp-portal setup --port virtual:',
      'A board is plugged in, but not seen? This may tell why:',
      '    esp-portal ports',
    ];
  }
  if (others.length > 0) {
    return [
      `${boards.length} boards are plugged in. Choose one:`,
      ...boards.map(({ path, adapter }) => `    esp-portal setup --port ${path}    # ${adapter}`),
    ];
  }
  return [
    `A board is plugged in: ${board.path} (${board.adapter}), probably an ${board.chips}.`,
    'MicroPython, the portal and a look at its log, in one go:',
    '    esp-portal setup',
  ];
}
