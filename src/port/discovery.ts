// Which ports and boards are plugged in. Knows USB ids, not what to do with a board.

import { PortalError } from '../errors.js';
import { loadSerialPort } from './serialport.js';
import { adapterOf } from './usb-adapters.js';

/** A serial port of this computer. */
export interface DiscoveredPort {
  readonly path: string;
  /** Vendor and product in lower-case hex, e.g. `1a86:7523`; none for a port that is not on USB. */
  readonly usbId: string | undefined;
  readonly serialNumber: string | undefined;
  /** The USB adapter of an ESP board, e.g. `CH340`; `undefined` for any other port. */
  readonly adapter: string | undefined;
  /** The chips that boards with this adapter carry. */
  readonly chips: string | undefined;
}

/** A port that is probably an ESP board. */
export type Board = DiscoveredPort & { readonly adapter: string; readonly chips: string };

/** What an operating system lists; the fields of serialport's PortInfo that matter here. */
export interface ListedPort {
  path: string;
  serialNumber: string | undefined;
  vendorId: string | undefined;
  productId: string | undefined;
}

/** Recognises adapters; macOS lists each port twice, of which only `cu.*` opens without a carrier. */
export function recognise(ports: readonly ListedPort[]): DiscoveredPort[] {
  return ports.map(({ path, serialNumber, vendorId, productId }) => {
    const usbId = vendorId && productId ? `${vendorId}:${productId}`.toLowerCase() : undefined;
    const adapter = usbId === undefined ? undefined : adapterOf(usbId);
    return {
      path: path.replace('/dev/tty.', '/dev/cu.'),
      usbId,
      serialNumber,
      adapter: adapter?.name,
      chips: adapter?.chips,
    };
  });
}

/** Lists the serial ports; an empty list where the system cannot tell (no udev in a container). */
export async function discoverPorts(): Promise<DiscoveredPort[]> {
  const { SerialPort } = loadSerialPort();
  return recognise(await SerialPort.list().catch(() => []));
}

/** Those with the adapter of an ESP board. */
export function boardsAmong(ports: readonly DiscoveredPort[]): Board[] {
  return ports.filter((port): port is Board => port.adapter !== undefined);
}

/**
 * The one board that is plugged in.
 * @throws PortalError `port-none`, `port-ambiguous`
 */
export function theOnlyBoard(boards: readonly Board[]): Board {
  const [board, ...others] = boards;
  if (!board) throw new PortalError('port-none', 'No board was found on any USB port.');
  if (others.length > 0) {
    const list = boards.map(({ path, adapter }) => `${path} (${adapter})`).join(', ');
    throw new PortalError('port-ambiguous', `There are ${boards.length} boards: ${list}.`);
  }
  return board;
}

/**
 * The port whose USB adapter has this serial number, whatever path it has today.
 * @throws PortalError `port-not-found`
 */
export function portWithSerial(ports: readonly DiscoveredPort[], serialNumber: string): DiscoveredPort {
  const port = ports.find((candidate) => candidate.serialNumber === serialNumber);
  if (port) return port;
  const known = ports.flatMap((candidate) => candidate.serialNumber ?? []);
  const list = known.length > 0 ? `there are ${known.join(', ')}` : 'no port has one';
  throw new PortalError('port-not-found', `No port has the USB serial number ${serialNumber}; ${list}.`);
}
