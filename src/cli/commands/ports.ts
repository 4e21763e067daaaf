// esp-portal ports

import type { SurveyedPort, UsbKind } from '../../operations/ports/ports.js';
import { defineCommand } from '../command.js';

export const portsCommand = defineCommand({
  name: 'ports',
  isWithoutBoard: true,
  summary: 'List serial ports, the boards on them, and why a port cannot be opened',
  details: [
    'A port counts as a board by its USB id. Behind an adapter, only `flash` identifies the chip. Chips with native USB report their MAC address, for `--port mac:…`; over USB-OTG not while they wait in their loader.',
    'With `--wait` it waits until a board is connected.',
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
  async run({ names, wait }, { host, reporter, signal }) {
    const { boardsAmong, discoverPorts, surveyPorts, waitForBoard } = await import(
      '../../operations/ports/ports.js'
    );
    const devices = host.env.ESP_PORTAL_USB_DEVICES;
    if (wait) {
      const { sayWaiting } = await import('../command-port.js');
      await waitForBoard({ devicesFolder: devices, signal, onWait: () => sayWaiting(reporter) });
    }
    if (names) {
      const ports = await discoverPorts(devices);
      return { fields: { ports }, lines: boardsAmong(ports).map(({ path }) => path), isListing: true };
    }
    const { ports, withoutPort } = await surveyPorts(devices);
    const lines = [
      ...ports.flatMap(describePort),
      ...withoutPort.flatMap(({ usbId, adapter, driver }) => [
        `A ${adapter} (${usbId}) is connected, but has no port.`,
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

/** What each kind of port means for the person who uses it. */
const KIND_NOTES: Readonly<Record<UsbKind, string | undefined>> = {
  'uart-bridge': undefined,
  'usb-serial-jtag': 'The USB port of the chip itself: it can be reset and flashed through it.',
  'usb-cdc':
    'The USB port of the running program: it leaves when the chip restarts, and may come back under another path.',
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
}: SurveyedPort): string[] {
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
    'There are no serial ports. Connect the board with a data cable, or try a virtual board:',
    '    esp-portal setup --port virtual:',
  ];
}
