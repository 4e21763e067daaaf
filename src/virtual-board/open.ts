// Puts a virtual board together from its address: the entry point `esp-portal/virtual-board`.

import { join } from 'node:path';
import { ownerOf } from '../input/lock-file.js';
import type { Binding } from '../port/binding-types.js';
import type { PortNotice } from '../port/port.js';
import { parseVirtualAddress } from './options/address.js';
import { ownFirmware } from './own-firmware.js';
import { boardProcessBinding } from './process/remote-port.js';
import { DEFAULT_AIR, readAir } from './radio/air.js';
import { folderOf, stateRoot } from './state/board-folder.js';
import type { UsbDevice } from './usb/bus-presence.js';
import { VirtualUsbBus } from './usb/usb-bus.js';

/** What a `SerialPortStream` needs to open the board. */
export interface VirtualBoardPort {
  /** The board's name for messages. */
  readonly name: string;
  readonly binding: Binding;
  /** Set for a board that is attached by the chip's own USB port: its device is on this bus, and comes and goes. */
  readonly usb: VirtualUsbBus | undefined;
  /** An image that the board can run, made for it. */
  readonly ownFirmware: Uint8Array;
}

/** Makes the binding of a board; each `open` of it gives the board power. */
let bindBoard: typeof boardProcessBinding = boardProcessBinding;

/**
 * Selects where the boards run that this process makes from now on. A separate process (the default) can access nothing
 * but the folder of its board, and keeps a busy board from delaying its opener. A thread of this process needs a
 * twentieth of the CPU time to start: for test suites, with board programs that you trust.
 */
export async function runBoardsIn(place: 'process' | 'thread'): Promise<void> {
  if (place === 'process') bindBoard = boardProcessBinding;
  else bindBoard = (await import('./whole-board.js')).wholeBoardBinding;
}

/**
 * @param address `virtual:[name][?option=value&…]`
 * @param onNotice called with the addresses of the board's servers
 * @throws PortalError `usage` for an address that is none, or networks that make no sense
 */
export function virtualBoard(
  address: string,
  onNotice: (notice: PortNotice) => void = () => {},
): VirtualBoardPort {
  const board = parseVirtualAddress(address);
  const options = {
    address,
    name: board.name,
    air: board.airFile === undefined ? DEFAULT_AIR : readAir(board.airFile),
    stateRoot: stateRoot(),
    onNotice,
  };
  const onBus = (onUsbDevice: (device: UsbDevice | undefined) => void) =>
    bindBoard({ ...options, onUsbDevice });
  return {
    name: `virtual:${board.name}`,
    binding: bindBoard(options),
    usb: board.usb && new VirtualUsbBus({ name: board.name, board: onBus, stallMs: board.stallMs }),
    get ownFirmware() {
      return ownFirmware(board); // made only for flash
    },
  };
}

/**
 * @returns the process that uses the board of an address
 * @throws PortalError `usage`
 */
export function boardOwner(address: string): number | undefined {
  return ownerOf(join(folderOf(stateRoot(), parseVirtualAddress(address).name), 'lock'));
}
