// Puts a virtual board together from its address. The host tool imports this when a port is `virtual:`.

import { type VirtualBinding, virtualBinding } from './binding.js';
import { generateFirmware } from './image.js';
import { parseVirtualAddress, type VirtualBoardOptions } from './options.js';
import type { Firmware } from './program.js';
import { stateRoot } from './state-folder.js';

/** What a `SerialPortStream` needs to open the board. */
export interface VirtualBoardPort {
  readonly binding: VirtualBinding;
  /** The board's name for messages. */
  readonly path: string;
  /** An image that the board can run, made for it. */
  readonly ownFirmware: Uint8Array;
}

/** Version that the board runs when nothing else is flashed: that of the interpreter that comes with it. */
const OWN_MICROPYTHON = { version: '1.27.0', date: '2025-12-09' };

/**
 * @param address `virtual:[name][?option=value&…]`
 * @param firmwareFor makes the software that the flashed image stands for
 * @throws PortalError `usage` for an address that is none
 */
export function openVirtualBoard(
  address: string,
  firmwareFor: (options: VirtualBoardOptions) => Firmware,
): VirtualBoardPort {
  const options = parseVirtualAddress(address);
  return {
    binding: virtualBinding({ board: options, stateRoot: stateRoot(), firmware: firmwareFor(options) }),
    path: `virtual:${options.name}`,
    ownFirmware: generateFirmware(OWN_MICROPYTHON),
  };
}
