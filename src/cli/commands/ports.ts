// esp-portal ports

import { PortalError } from '../../errors.js';
import type { NetworkPort } from '../../operations/ports/network-ports.js';
import type { SurveyedPort, UsbKind } from '../../operations/ports/ports.js';
import { defineCommand } from '../command.js';
import type { CommandContext } from '../context.js';
import { networksOf } from '../host.js';
import type { Outcome } from '../report/reporter.js';

const ACTIONS = ['list', 'name', 'unname'] as const;

interface Words {
  readonly action?: (typeof ACTIONS)[number];
  readonly address?: string;
  readonly name?: string;
}

export const portsCommand = defineCommand({
  name: 'ports',
  isWithoutBoard: true,
  summary: 'List serial ports, the boards on them, and why a port cannot be opened',
  details: [
    'A port counts as a board by its USB id. Behind an adapter, only `flash` identifies the chip. Chips with native USB report their MAC address, for `--port mac:…`; over USB-OTG not while they wait in their loader.',
    '`--network` also finds ports of other computers that ser2net announces by mDNS; `--port` takes their addresses. What they say about themselves is not checked. A computer that announces a port of another one is left out.',
    'With `--wait` it waits until a board is connected.',
    '`name ADDRESS NAME` gives a board a name, which `--port` takes and lists show; `unname NAME` removes it. The address is one that stays: `mac:…`, `id:…`, a path in /dev/serial, or a port of another computer. The names are kept in boards.json, in the folder of your own settings file.',
    'If a board is not listed, its cable carries power only, or its driver is missing.',
  ],
  options: {
    names: { type: 'boolean', default: false, describe: 'Print only the paths of boards, one per line' },
    network: {
      type: 'boolean',
      default: false,
      describe: 'Also look for ports that ser2net announces on the local networks (3 seconds)',
    },
  },
  positionals: [
    { name: 'action', describe: 'What to do; list by default', choices: ACTIONS, isOptional: true },
    {
      name: 'address',
      describe: 'Address of the board, for `name`; its name, for `unname`',
      isOptional: true,
    },
    { name: 'name', describe: 'Its name from now on', isOptional: true },
  ],
  examples: [
    ['ports', 'list what is connected'],
    ['ports --json', 'print JSON, for a script'],
    ['ports --names', 'print paths, for a loop over all boards'],
    ['ports --network', 'also list ports of other computers'],
    ['ports name mac:7c:df:a1:00:11:22 bench-3', 'give a board a name, for --port bench-3'],
  ],
  async run(values, context) {
    const { action = 'list', address, name } = values as unknown as Words;
    if (action === 'name') return await giveName(context, address, name);
    if (action === 'unname') return await removeName(context, address, name);
    if (address !== undefined) throw new PortalError('usage', `ports list takes no "${address}".`);
    return await listPorts(values, context);
  },
});

async function giveName({ host }: CommandContext, given?: string, name?: string): Promise<Outcome> {
  if (given === undefined || name === undefined)
    throw new PortalError('usage', 'ports name needs an address and a name.', { next: NAMING });
  const { namesFile } = await import('../board-names.js');
  const { nameBoard } = await import('../../operations/boards/names.js');
  const file = namesFile(host);
  const address = await nameBoard(file, given, name);
  return {
    fields: { name, address, file },
    lines: [`${address} is called ${name} from now on: --port ${name}`],
  };
}

async function removeName({ host }: CommandContext, name?: string, extra?: string): Promise<Outcome> {
  if (name === undefined || extra !== undefined)
    throw new PortalError('usage', 'ports unname needs one name.', { next: 'esp-portal ports' });
  const { namesFile } = await import('../board-names.js');
  const { unnameBoard } = await import('../../operations/boards/names.js');
  const file = namesFile(host);
  await unnameBoard(file, name);
  return { fields: { name, file }, lines: [`The name ${name} is removed.`] };
}

const NAMING = 'esp-portal ports name mac:7c:df:a1:00:11:22 bench-3';

async function listPorts(
  { names, wait, network }: { names: boolean; wait: boolean; network: boolean },
  { host, reporter, signal }: CommandContext,
): Promise<Outcome> {
  const { boardsAmong, discoverPorts, surveyPorts, waitForBoard } = await import(
    '../../operations/ports/ports.js'
  );
  const devices = host.env.ESP_PORTAL_USB_DEVICES;
  if (wait) {
    const { sayWaiting } = await import('../command-port.js');
    await waitForBoard({ devicesFolder: devices, signal, onWait: () => sayWaiting(reporter) });
  }
  const remote = network ? await portsOfNetwork(host, signal) : undefined;
  if (names) {
    const ports = await discoverPorts(devices);
    const paths = [...boardsAmong(ports).map(({ path }) => path), ...(remote?.boards ?? [])];
    return { fields: { ports, network: remote?.ports }, lines: paths, isListing: true };
  }
  const { namesFile } = await import('../board-names.js');
  const { nameOf, readBoardNames } = await import('../../operations/boards/names.js');
  const boardNames = await readBoardNames(namesFile(host));
  const survey = await surveyPorts(devices);
  const { withoutPort } = survey;
  const ports = survey.ports.map((port) => ({ ...port, name: nameOf(port, boardNames) }));
  const others = remote?.ports.map((port) => ({
    ...port,
    called: nameOf({ path: port.address }, boardNames),
  }));
  const listed = [...ports.map(({ name }) => name), ...(others ?? []).map(({ called }) => called)];
  const lines = [
    ...ports.flatMap(describePort),
    ...withoutPort.flatMap(({ usbId, adapter, driver }) => [
      `A ${adapter} (${usbId}) is connected, but has no port.`,
      ...(driver === undefined ? [] : [`    ${driver}`]),
    ]),
    ...(others ?? []).flatMap(describeRemote),
    ...(others?.length === 0 ? ['No ser2net on the local networks announces a port.'] : []),
    ...[...boardNames]
      .filter(([name]) => !listed.includes(name))
      .map(([name, address]) => `${name}  ${address}, which is not among these`),
  ];
  return {
    fields: {
      ports,
      network: remote?.ports,
      withoutPort: withoutPort.map(({ usbId, adapter }) => ({ usbId, adapter })),
      names: Object.fromEntries(boardNames),
    },
    lines: lines.length > 0 ? lines : noPorts(),
    isListing: true,
  };
}

async function portsOfNetwork(host: CommandContext['host'], signal: AbortSignal) {
  const { findNetworkPorts, networkBoards } = await import('../../operations/ports/network-ports.js');
  const ports = await findNetworkPorts({ signal, interfaces: networksOf(host) });
  return { ports, boards: networkBoards(ports).map(({ address }) => address) };
}

function describeRemote(port: NetworkPort & { called: string | undefined }): string[] {
  const { address, called, host, name, description, usbId, adapter, serialNumber, problem } = port;
  const serial = serialNumber && `serial number ${serialNumber}`;
  const facts = [adapter ?? description, usbId, serial].filter(Boolean).join(', ');
  return [
    `${address ?? `${host}, port ${port.port}`}  ${called === undefined ? '' : `${called}  `}"${name}" on ${host}${facts && ` (${facts})`}`,
    ...(problem === undefined ? [] : [`    ${problem}`]),
  ];
}

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
  name: boardName,
  usbId,
  adapter,
  kind,
  chips,
  mac,
  serialNumber,
  problem,
}: SurveyedPort & { name: string | undefined }): string[] {
  const name = adapter ?? (usbId === undefined ? 'not on USB' : 'another USB device');
  const id = mac ? `MAC ${mac}` : serialNumber && `serial number ${serialNumber}`;
  const facts = [usbId, id].filter(Boolean).join(', ');
  const note = kind && KIND_NOTES[kind];
  const guess = chips === undefined ? '' : `: probably an ${chips}`;
  const called = boardName === undefined ? '' : `${boardName}  `;
  return [
    `${path}  ${called}${name}${facts && ` (${facts})`}${guess}`,
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
