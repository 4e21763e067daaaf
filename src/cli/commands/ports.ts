// esp-portal ports

import type { SurveyedPort } from '../../operations/ports/ports.js';
import { defineCommand } from '../command.js';

export const portsCommand = defineCommand({
  name: 'ports',
  isWithoutBoard: true,
  summary: 'List serial ports, which of them are boards, and what keeps them from working',
  details: [
    'A port is taken for a board by the USB id of its adapter; which chip is behind the adapter only `flash` can tell.',
    'A board that is not listed has no port: its cable only carries power, or its driver is missing.',
  ],
  options: {
    names: { type: 'boolean', default: false, describe: 'Only the paths of boards, one a line' },
  },
  examples: [
    ['ports', 'what is plugged in'],
    ['ports --json', 'the same for a script'],
    ['ports --names', 'for a loop over all boards'],
  ],
  async run({ names }) {
    const { boardsAmong, discoverPorts, surveyPorts } = await import('../../operations/ports/ports.js');
    if (names) {
      const ports = await discoverPorts();
      return { fields: { ports }, lines: boardsAmong(ports).map(({ path }) => path), isListing: true };
    }
    const { ports, withoutPort } = await surveyPorts();
    const lines = [
      ...ports.flatMap(describePort),
      ...withoutPort.flatMap(({ usbId, adapter, driver }) => [
        `A ${adapter} (${usbId}) is plugged in, but has no port.`,
        ...(driver === undefined ? [] : [`    ${driver}`]),
      ]),
    ];
    return {
      fields: { ports, withoutPort: withoutPort.map(({ usbId, adapter }) => ({ usbId, adapter })) },
      lines: lines.length > 0 ? lines : noPorts(),
      isListing: true,
    };
  },
});

function describePort({ path, usbId, adapter, chips, serialNumber, problem }: SurveyedPort): string[] {
  const name = adapter ?? (usbId === undefined ? 'not on USB' : 'another USB device');
  const facts = [usbId, serialNumber && `serial number ${serialNumber}`].filter(Boolean).join(', ');
  const guess = chips === undefined ? '' : `: probably an ${chips}`;
  return [
    `${path}  ${name}${facts && ` (${facts})`}${guess}`,
    ...(problem === undefined ? [] : [`    ${problem}`]),
  ];
}

function noPorts(): string[] {
  return [
    'There are no serial ports. Plug the board in with a data cable, or try without one:',
    '    esp-portal setup --port virtual:',
  ];
}
