// Puts a virtual board together from its address. The host tool imports this when a port is `virtual:`.

import type { PortNotice } from '../serial/port.js';
import { type VirtualBinding, virtualBinding } from './binding.js';
import { generateFirmware } from './image.js';
import { microPython } from './micropython.js';
import { parseVirtualAddress } from './options.js';
import { stateRoot } from './state-folder.js';

/** What a `SerialPortStream` needs to open the board. */
export interface VirtualBoardPort {
  /** The board's name for messages. */
  readonly name: string;
  readonly binding: VirtualBinding;
  /** An image that the board can run, made for it. */
  readonly ownFirmware: Uint8Array;
}

/** What the board runs unless something else is flashed: the interpreter that comes with it. */
const OWN_MICROPYTHON = { version: '1.27.0', date: '2025-12-09' };

/**
 * @param address `virtual:[name][?option=value&…]`
 * @param onNotice told where the board's servers can be reached
 * @throws PortalError `usage` for an address that is none
 */
export function virtualBoard(address: string, onNotice: (notice: PortNotice) => void): VirtualBoardPort {
  const board = parseVirtualAddress(address);
  return {
    name: `virtual:${board.name}`,
    binding: virtualBinding({ board, stateRoot: stateRoot(), firmware: microPython(board, onNotice) }),
    ownFirmware: generateFirmware(OWN_MICROPYTHON),
  };
}
