// esp-portal ports

import type { DiscoveredPort } from '../../port/discovery.js';
import { defineCommand } from '../command.js';

/** A port and what stands in the way of opening it. */
interface ListedPort extends DiscoveredPort {
  readonly problem: string | undefined;
}

export const portsCommand = defineCommand({
  name: 'ports',
  isWithoutBoard: true,
  summary: 'List serial ports, the boards on them, and why a port cannot be opened',
  details: [
    'A port counts as a board by the USB id of its adapter; only `flash` identifies the chip.',
    'If a board is not listed, its cable carries power only, or its driver is missing.',
  ],
  options: {
    names: { type: 'boolean', default: false, describe: 'Print only the paths of boards, one per line' },
  },
  examples: [
    ['ports', 'list what is connected'],
    ['ports --json', 'print JSON, for a script'],
    ['ports --names', 'print paths, for a loop over all boards'],
  ],
  async run({ names }) {
    const { boardsAmong, discoverPorts } = await import('../../port/discovery.js');
    const { adaptersWithoutPort } = await import('../../port/usb-without-port.js');
    const { portProblem } = await import('../../port/port-problem.js');
    const found = await discoverPorts();
    if (names)
      return { fields: { ports: found }, lines: boardsAmong(found).map(({ path }) => path), isListing: true };
    const ports = await Promise.all(
      found.map(async (port) => ({ ...port, problem: await portProblem(port.path) })),
    );
    const portless = await adaptersWithoutPort();
    const lines = [
      ...ports.flatMap(describePort),
      ...portless.flatMap(({ usbId, adapter }) => [
        `A ${adapter.name} (${usbId}) is connected, but has no port.`,
        ...(adapter.driver.linux ? [`    ${adapter.driver.linux}`] : []),
      ]),
    ];
    return {
      fields: {
        ports,
        withoutPort: portless.map(({ usbId, adapter }) => ({ usbId, adapter: adapter.name })),
      },
      lines: lines.length > 0 ? lines : noPorts(),
      isListing: true,
    };
  },
});

function describePort({ path, usbId, adapter, chips, serialNumber, problem }: ListedPort): string[] {
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
    'There are no serial ports. Connect the board with a data cable, or try a virtual board:',
    '    esp-portal setup --port virtual:',
  ];
}
