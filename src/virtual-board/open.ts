// Puts a virtual board together from its address. The host tool imports this when a port is `virtual:`.

import type { PortNotice } from '../port/port.js';
import { type VirtualBinding, virtualBinding } from './binding.js';
import { CHIPS } from './chips/chips.js';
import { runtimeFor } from './interpreter/runtimes.js';
import { microPython } from './micropython.js';
import { parseVirtualAddress } from './options.js';
import { preparePreset } from './presets.js';
import { stateRoot } from './state-folder.js';

/** What a `SerialPortStream` needs to open the board. */
export interface VirtualBoardPort {
  /** The board's name for messages. */
  readonly name: string;
  readonly binding: VirtualBinding;
  /** An image that the board can run, made for it. */
  readonly ownFirmware: Uint8Array;
}

/**
 * @param address `virtual:[name][?option=value&…]`
 * @param onNotice told where the board's servers can be reached
 * @throws PortalError `usage` for an address that is none
 */
export function virtualBoard(address: string, onNotice: (notice: PortNotice) => void): VirtualBoardPort {
  const board = parseVirtualAddress(address);
  const { preset } = board;
  const { version, buildDate } = runtimeFor(board.micropython).runtime;
  const chip = CHIPS[board.chip];
  const ownFirmware = chip.generateFirmware({ version, date: buildDate });
  return {
    name: `virtual:${board.name}`,
    binding: virtualBinding({
      board,
      stateRoot: stateRoot(),
      firmware: microPython(board, onNotice),
      prepare: (folder) => {
        if (preset !== undefined) preparePreset(preset, folder, chip, ownFirmware);
      },
    }),
    ownFirmware,
  };
}
