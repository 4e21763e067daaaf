// esp-portal ports

import type { DiscoveredPort } from '../../port/discovery.js';
import type { UsbKind } from '../../port/usb-adapters.js';
import { defineCommand } from '../command.js';

/** A port and what stands in the way of opening it. */
interface ListedPort extends DiscoveredPort {
  readonly problem: string | undefined;
}

export const portsCommand = defineCommand({
  name: 'ports',
  isWithoutBoard: true,
  summary: 'List serial ports, which of them are boards, and what keeps them from working',
  details: [
    'A port is taken for a board by its USB id. Behind an adapter, only `flash` can find out the chip. Chips with a USB port of their own report their MAC address, which `--port mac:…` takes.',
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
        `A ${adapter.name} (${usbId}) is plugged in, but has no port.`,
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

/** What each kind of port means for the person who uses it. */
const KIND_NOTES: Readonly<Record<UsbKind, string | undefined>> = {
  'uart-bridge': undefined,
  'usb-serial-jtag': 'The USB port of the chip itself: it can be reset and flashed through it.',
  'usb-cdc': 'The USB port of the running program: it gets another path while the chip is in its loader.',
  'usb-rom': 'The chip waits in its ROM loader for a flasher.',
};

function describePort({
  path,
  usbId,
  adapter,
  kind,
  chips,
  mac,
  serialNumber,
  problem,
}: ListedPort): string[] {
  const name = adapter ?? (usbId === undefined ? 'not on USB' : 'another USB device');
  const id = mac ? `MAC ${mac}` : serialNumber && `serial number ${serialNumber}`;
  const facts = [usbId, id].filter(Boolean).join(', ');
  const note = kind && KIND_NOTES[kind];
  const guess = chips === undefined ? '' : `: probably an ${chips}`;
  return [
    `${path}  ${name}${facts && ` (${facts})`}${guess}`,
    ...(note === undefined ? [] : [`    ${note}`]),
    ...(problem === undefined ? [] : [`    ${problem}`]),
  ];
}

function noPorts(): string[] {
  return [
    'There are no serial ports. Plug the board in with a data cable, or try without one:',
    '    esp-portal setup --port virtual:',
  ];
}
