// Opens the port of an address; the only place that selects a binding.
// Drivers are loaded when they are needed: importing serialport takes longer than most commands.

import { PortalError } from '../errors.js';
import { parseWhole } from '../input/decimal.js';
import { didYouMean } from '../input/did-you-mean.js';
import type { Binding } from './binding-types.js';
import { discoverPorts, type ListPorts, portWithMac, portWithSerial } from './discovery/discovery.js';
import { driverBinding } from './driver-binding.js';
import { likelyAddress } from './likely-address.js';
import type { NativeUsb, Port, PortNotice } from './port.js';
import { portError } from './port-errors.js';
import { describeProcess, findPortHolders, isDenied, nameHolders, type PortHolder } from './port-holder.js';
import { openStreamPort } from './stream-port.js';

export interface OpenPortOptions {
  /** Baud rate; MicroPython uses 115200. */
  baudRate?: number;
  /** Gives up; a port that opens later is closed. */
  signal?: AbortSignal | undefined;
  /** Called with notices for the user, such as the address of the board's web server on this computer. */
  onNotice?: (notice: PortNotice) => void;
  /** Called with all bytes, received and sent. */
  onTraffic?: (direction: 'sent' | 'received', bytes: Uint8Array) => void;
}

/**
 * Opens a serial port without resetting the board on it.
 * @param address a path (`/dev/ttyUSB0`, `COM3`), `id:` and the serial number of a USB adapter, `mac:` and the address of
 *   a chip with native USB,
 *   `socket://host:port`, `rfc2217://host:port` or `virtual:[name][?options]`
 * @throws PortalError `usage`, `port-not-found`, `port-unreachable`, `port-denied`, `port-busy`, `port-failed`;
 *   the signal's reason
 */
export async function openPort(address: string, options: OpenPortOptions = {}): Promise<Port> {
  try {
    return await unlessAborted(open(address, options), options.signal);
  } catch (error) {
    if (!(error instanceof PortalError)) throw error;
    if (error.code === 'port-busy') throw await withHolder(error, address);
    if (error.code === 'port-not-found') throw withGuess(error, address);
    throw error;
  }
}

async function unlessAborted(opening: Promise<Port>, signal: AbortSignal | undefined): Promise<Port> {
  if (!signal) return opening;
  let giveUp = () => {};
  const aborted = new Promise<'aborted'>((resolve) => {
    giveUp = () => resolve('aborted');
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
  });
  try {
    const first = await Promise.race([opening, aborted]);
    if (first !== 'aborted') return first;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  opening.then(
    (port) => port[Symbol.asyncDispose](),
    () => {},
  );
  throw signal.reason;
}

function withGuess(error: PortalError, address: string): PortalError {
  const question = didYouMean(likelyAddress(address));
  return error.with({ message: `${error.message}${question}` });
}

/** Names the programs that use the port, if known. */
async function withHolder(error: PortalError, address: string): Promise<PortalError> {
  const { processId } = (error.cause ?? {}) as { processId?: number };
  const holders =
    processId === undefined ? await findPortHolders(address) : [await describeProcess(processId)];
  if (holders.length === 0) return error;
  const message = error.message.replace(/\.$/, `: ${nameHolders(holders)}.`);
  return error.with({ message });
}

async function open(address: string, options: OpenPortOptions): Promise<Port> {
  const { onNotice = () => {} } = options;
  const common = { baudRate: 115200, ...options, onNotice };
  if (isVirtual(address)) {
    const { virtualBoard } = await import('../virtual-board/open.js');
    const { name, binding, usb: bus } = virtualBoard(address, onNotice);
    if (bus) return openOnBus(bus, { ...common, name });
    return openStreamPort({ path: address, ...common, name, binding });
  }
  if (/^(socket|rfc2217):\/\//.test(address)) {
    checkNetworkAddress(address);
    const { tcpBinding } = await import('./tcp-binding.js');
    return openStreamPort({ name: address, path: address, ...common, binding: tcpBinding(options.signal) });
  }
  if (/^(?:id:|mac:)?$/.test(address)) {
    throw new PortalError('usage', `"${address}" is not a port.`);
  }
  const path = await pathOf(address);
  const binding = driverBinding();
  if (mayBeNativeUsb(path)) {
    const { openNativeUsb } = await import('./native-usb-port.js');
    const { listPorts } = await import('./discovery/discovery.js');
    const open = (at: string, usb: NativeUsb, baudRate: number) =>
      openStreamPort({ ...common, name: address, path: at, baudRate, usb, binding });
    const native = await openNativeUsb({
      ...{ name: address, path, baudRate: common.baudRate },
      bus: { list: listPorts, open },
    });
    if (native) return native;
  }
  return openStreamPort({ name: address, path, ...common, binding });
}

/** A separate bus with one board. */
interface OneBoardBus {
  plugIn(baudRate: number): Promise<string>;
  readonly list: ListPorts;
  readonly binding: Binding;
  close(): Promise<void>;
}

async function openOnBus(
  bus: OneBoardBus,
  options: Omit<Parameters<typeof openStreamPort>[0], 'path' | 'binding'>,
): Promise<Port> {
  const { openNativeUsb } = await import('./native-usb-port.js');
  const { name, baudRate } = options;
  const open = (path: string, usb: NativeUsb, rate: number) =>
    openStreamPort({ ...options, path, baudRate: rate, usb, binding: bus.binding });
  const path = await bus.plugIn(baudRate).catch((error: unknown) => {
    throw error instanceof Error ? portError(name, error, false) : error;
  });
  const close = () => bus.close();
  const port = await openNativeUsb({ name, path, baudRate, bus: { list: bus.list, open, close } });
  if (port) return port;
  await bus.close();
  throw new PortalError('port-lost', `${name} left the USB bus as soon as it was plugged in.`);
}

/** Looking at the USB devices takes longer than opening a port; on Linux an adapter's driver names it `ttyUSB`. */
function mayBeNativeUsb(path: string): boolean {
  return /^COM\d|ttyACM|usbmodem|^\/dev\/serial\//i.test(path);
}

/**
 * The firmware that comes with what an address names, for what needs none from elsewhere.
 * @returns `undefined` for any other address
 * @throws PortalError `usage`
 */
export async function firmwareOfPort(address: string): Promise<Uint8Array | undefined> {
  if (!isVirtual(address)) return undefined;
  const { virtualBoard } = await import('../virtual-board/open.js');
  return virtualBoard(address).ownFirmware;
}

/**
 * What would keep an address from being opened, found out without opening it. Nothing is known of a port on a network.
 * @param device path of a port of this computer
 */
export async function problemAt(address: string, device: string): Promise<PortalError | undefined> {
  if (/^(?:socket|rfc2217):/.test(address)) return undefined;
  if (isVirtual(address)) {
    const { boardOwner } = await import('../virtual-board/open.js');
    const owner = boardOwner(address);
    return owner === undefined ? undefined : portBusy(address, [await describeProcess(owner)]);
  }
  if (process.platform === 'win32') return undefined; // COM ports are not files
  if (await isDenied(device)) return new PortalError('port-denied', `No permission to open ${address}.`);
  const holders = await findPortHolders(device);
  return holders.length > 0 ? portBusy(address, holders) : undefined;
}

function portBusy(address: string, holders: readonly PortHolder[]): PortalError {
  return new PortalError('port-busy', `${address} is in use by another program: ${nameHolders(holders)}.`);
}

function isVirtual(address: string): boolean {
  return address.startsWith('virtual:');
}

async function pathOf(address: string): Promise<string> {
  const [, scheme, id = ''] = /^(id|mac):(.*)$/.exec(address) ?? [];
  if (scheme === undefined) return address;
  const find = scheme === 'id' ? portWithSerial : portWithMac;
  return find(await discoverPorts(), id).path;
}

function checkNetworkAddress(address: string): void {
  const [, scheme, tcpPort] = /^(\w+):\/\/(?:[\w.-]+|\[[\da-f:]+\]):(\d+)$/i.exec(address) ?? [];
  const number = parseWhole(tcpPort ?? '');
  if (number !== undefined && number >= 1 && number <= 65535) return;
  throw new PortalError(
    'usage',
    `${address} needs a host and a port number from 1 to 65535, as in ${scheme ?? address.split(':')[0]}://192.168.1.5:2217.`,
  );
}
