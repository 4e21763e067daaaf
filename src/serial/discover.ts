// Which boards are plugged in. Knows USB ids, not what to do with a board.

import { PortalError } from '../errors.js';

/** A serial port of this computer that could be a board. */
export interface DiscoveredPort {
  readonly path: string;
  /** The USB adapter on the board, e.g. `CH340`. */
  readonly adapter: string;
  readonly serialNumber: string | undefined;
}

/** USB vendor:product ids of the adapters on ESP8266 and ESP32 boards. */
const ADAPTERS: Readonly<Record<string, string>> = {
  '10c4:ea60': 'CP210x',
  '1a86:7523': 'CH340',
  '1a86:5523': 'CH341',
  '1a86:55d4': 'CH9102',
  '0403:6001': 'FTDI',
  '0403:6010': 'FTDI',
  '0403:6011': 'FTDI',
  '0403:6014': 'FTDI',
  '0403:6015': 'FTDI',
  '303a:1001': 'ESP32 USB-Serial/JTAG',
  '303a:0002': 'ESP32-S2',
  '303a:1002': 'Espressif bridge',
};

/** What an operating system lists; the fields of serialport's PortInfo that matter here. */
export interface ListedPort {
  path: string;
  serialNumber: string | undefined;
  vendorId: string | undefined;
  productId: string | undefined;
}

/** Keeps the ports with a known adapter; macOS lists each twice, of which only `cu.*` opens without a carrier. */
export function boardsAmong(ports: readonly ListedPort[]): DiscoveredPort[] {
  return ports.flatMap(({ path, serialNumber, vendorId, productId }) => {
    const adapter = ADAPTERS[`${vendorId}:${productId}`.toLowerCase()];
    if (!adapter) return [];
    return [{ path: path.replace('/dev/tty.', '/dev/cu.'), adapter, serialNumber }];
  });
}

/** Lists the boards that are plugged in; an empty list where the system cannot tell (no udev in a container). */
export async function discoverPorts(): Promise<DiscoveredPort[]> {
  const { SerialPort } = await import('serialport');
  const listed = await SerialPort.list().catch(() => []);
  return boardsAmong(listed);
}

/**
 * The one board that is plugged in.
 * @throws PortalError `port-none`, `port-ambiguous`
 */
export function theOnlyBoard(boards: readonly DiscoveredPort[]): DiscoveredPort {
  const [board, ...others] = boards;
  if (!board) throw new PortalError('port-none', 'No board was found on any USB port.');
  if (others.length > 0) {
    const list = boards.map(({ path, adapter }) => `${path} (${adapter})`).join(', ');
    throw new PortalError('port-ambiguous', `There are ${boards.length} boards: ${list}.`);
  }
  return board;
}
