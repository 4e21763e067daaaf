// Lists connected ports and boards by their USB ids.

import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PortalError } from '../../errors.js';
import { loadSerialPort } from '../serialport.js';
import { emulatedDevices } from './emulated-devices.js';
import { adapterOf, type UsbKind } from './usb-adapters.js';

/** A serial port of this computer. */
export interface DiscoveredPort {
  readonly path: string;
  /** Vendor and product in lower-case hex, e.g. `1a86:7523`; none for a port that is not on USB. */
  readonly usbId: string | undefined;
  readonly serialNumber: string | undefined;
  /** The USB adapter of an ESP board, e.g. `CH340`; `undefined` for any other port. */
  readonly adapter: string | undefined;
  /** What is at the other end of the cable; `undefined` for any other port. */
  readonly kind: UsbKind | undefined;
  /** The chips that boards with this adapter carry. */
  readonly chips: string | undefined;
  /** The chip's MAC address, e.g. `7c:df:a1:00:11:22`, which only a chip with native USB reports. */
  readonly mac: string | undefined;
}

/** A port that is probably an ESP board. */
export type BoardPort = DiscoveredPort & {
  readonly adapter: string;
  readonly kind: UsbKind;
  readonly chips: string;
};

/** What an operating system lists; the fields of serialport's PortInfo that matter here. */
export interface ListedPort {
  path: string;
  serialNumber: string | undefined;
  vendorId: string | undefined;
  productId: string | undefined;
  locationId?: string | undefined;
}

export type ListPorts = () => Promise<readonly ListedPort[]>;

/** The ports of this computer; none if the system cannot list them (a container without udev). */
export async function listPorts(): Promise<ListedPort[]> {
  const { SerialPort } = loadSerialPort();
  return withPlaces(withoutDoubles(await SerialPort.list().catch(() => [])));
}

/** Fills in the place on the hubs, such as `1-2`, which serialport does not give on Linux: sysfs has it in its paths. */
async function withPlaces(ports: readonly ListedPort[]): Promise<ListedPort[]> {
  return Promise.all(
    ports.map(async (port) => {
      if (port.locationId !== undefined || port.vendorId === undefined) return port;
      const device = join('/sys/class/tty', basename(port.path), 'device');
      const place = await realpath(device).catch(() => undefined);
      return { ...port, locationId: /\/(\d+-[\d.]+):[\d.]+(?:\/|$)/.exec(place ?? '')?.[1] };
    }),
  );
}

/**
 * macOS lists each port as `tty.*` and `cu.*`, of which only the second opens without a carrier, and some CH340s with two
 * drivers, of which WCH's own works.
 */
export function withoutDoubles(listed: readonly ListedPort[]): ListedPort[] {
  const ports = listed.map((port) => ({ ...port, path: port.path.replace('/dev/tty.', '/dev/cu.') }));
  const wch = ports.filter(({ path }) => path.includes('wchusbserial'));
  return ports.filter(
    (port, index) =>
      ports.findIndex(({ path }) => path === port.path) === index &&
      (wch.includes(port) || !wch.some((other) => isSameDevice(port, other))),
  );
}

function isSameDevice(a: ListedPort, b: ListedPort): boolean {
  const isAt = a.locationId !== undefined && a.locationId === b.locationId;
  return isAt && a.vendorId === b.vendorId && a.productId === b.productId;
}

/** Recognises the adapters and USB ports of ESP boards. */
export function recognise(ports: readonly ListedPort[]): DiscoveredPort[] {
  return ports.map(({ path, serialNumber, vendorId, productId }) => {
    const usbId = vendorId && productId ? `${vendorId}:${productId}`.toLowerCase() : undefined;
    const adapter = usbId === undefined ? undefined : adapterOf(usbId);
    const isNative = adapter !== undefined && adapter.kind !== 'uart-bridge';
    return {
      path,
      usbId,
      serialNumber,
      adapter: adapter?.name,
      kind: adapter?.kind,
      chips: adapter?.chips,
      mac: isNative ? macIn(serialNumber) : undefined,
    };
  });
}

/** @returns the address in the form `7c:df:a1:00:11:22`; `undefined` for any other text */
export function macIn(text: string | undefined): string | undefined {
  const digits = text?.replaceAll(/[:-]/g, '').toLowerCase() ?? '';
  return /^[\da-f]{12}$/.test(digits) ? digits.replace(/..(?!$)/g, '$&:') : undefined;
}

/**
 * Lists the serial ports.
 * @param devicesFolder also lists the devices of virtual boards in it, for tests
 */
export async function discoverPorts(devicesFolder?: string): Promise<DiscoveredPort[]> {
  const emulated = devicesFolder ? await emulatedDevices(devicesFolder) : [];
  return recognise([...(await listPorts()), ...emulated]);
}

/** A board's port, and the connector that it is plugged into: a chip with native USB comes back there under another path. */
export interface BoardPlace {
  readonly address: string;
  /** The path where the system does not tell the connector, or it has several ports. */
  readonly place: string;
}

/**
 * Lists the boards on USB by their places.
 * @param devicesFolder as for discoverPorts
 */
export async function listBoardPlaces(devicesFolder?: string): Promise<BoardPlace[]> {
  const emulated = devicesFolder ? await emulatedDevices(devicesFolder) : [];
  return boardPlaces([...(await listPorts()), ...emulated]);
}

/** Not by serial numbers, which many adapters do not have or share. */
export function boardPlaces(listed: readonly ListedPort[]): BoardPlace[] {
  const boards = listed.filter((port) => recognise([port]).some(({ adapter }) => adapter !== undefined));
  return boards.map(({ path, locationId }) => {
    const isAlone = boards.filter((other) => other.locationId === locationId).length === 1;
    return { address: path, place: isAlone ? (locationId ?? path) : path };
  });
}

/** Those with the adapter of an ESP board. */
export function boardsAmong(ports: readonly DiscoveredPort[]): BoardPort[] {
  return ports.filter((port): port is BoardPort => port.adapter !== undefined);
}

/**
 * The one board that is plugged in.
 * @throws PortalError `port-none`, `port-ambiguous`
 */
export function theOnlyBoard(boards: readonly BoardPort[]): BoardPort {
  const [board, ...others] = boards;
  if (!board) throw new PortalError('port-none', 'No board was found on any USB port.');
  if (others.length > 0) {
    const list = boards.map(({ path, adapter }) => `${path} (${adapter})`).join(', ');
    throw new PortalError('port-ambiguous', `There are ${boards.length} boards: ${list}.`);
  }
  return board;
}

/**
 * The port whose USB adapter has this serial number, on any path.
 * @throws PortalError `port-not-found`
 */
export function portWithSerial(ports: readonly DiscoveredPort[], serialNumber: string): DiscoveredPort {
  const port = ports.find((candidate) => candidate.serialNumber === serialNumber);
  if (port) return port;
  const known = ports.flatMap((candidate) => candidate.serialNumber ?? []);
  const list = known.length > 0 ? `there are ${known.join(', ')}` : 'no port has a serial number';
  throw new PortalError('port-not-found', `No port has the USB serial number ${serialNumber}: ${list}.`);
}

/**
 * The port of the chip with this MAC address, on any path.
 * @param text in hex, with colons, hyphens or neither
 * @throws PortalError `usage` for no address, `port-not-found`
 */
export function portWithMac(ports: readonly DiscoveredPort[], text: string): DiscoveredPort {
  const mac = macIn(text);
  if (mac === undefined)
    throw new PortalError('usage', `"mac:${text}" is no MAC address such as mac:7c:df:a1:00:11:22.`);
  const port = ports.find((candidate) => candidate.mac === mac);
  if (port) return port;
  const known = ports.flatMap((candidate) => candidate.mac ?? []);
  const list = known.length > 0 ? `the ports report ${known.join(', ')}` : 'no port reports one';
  throw new PortalError(
    'port-not-found',
    `No port reports the MAC address ${mac}; ${list}. Only chips with native USB do.`,
  );
}
