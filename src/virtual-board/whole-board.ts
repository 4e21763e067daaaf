// A whole virtual board as a binding: the chip with MicroPython on it.

import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from '../input/lock-file.js';
import type { PortNotice } from '../port/port.js';
import { type VirtualBinding, virtualBinding } from './binding.js';
import { CHIPS } from './chips/chips.js';
import { microPython } from './micropython.js';
import { parseVirtualAddress } from './options/address.js';
import { preparePreset } from './options/presets.js';
import { ownFirmware } from './own-firmware.js';
import type { AirNetwork } from './radio/air.js';
import type { UsbDevice } from './usb/bus-presence.js';

/** Time for a process whose opener has ended to release its board: on a busy computer that takes seconds. */
const ORPHAN_ENDS_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 20;

export interface WholeBoardOptions {
  /** `virtual:[name][?option=value&…]` */
  readonly address: string;
  /** The networks around the board. */
  readonly air: readonly AirNetwork[];
  readonly stateRoot: string;
  /** The process named as the owner to a second opener; this one when omitted. */
  readonly openedBy?: number;
  /** Called with the addresses of the board's servers. */
  readonly onNotice: (notice: PortNotice) => void;
  /** Called with the devices on the bus, for a board with native USB. */
  readonly onUsbDevice?: (device: UsbDevice | undefined) => void;
}

/** @throws PortalError `usage` for an address that is none */
export function wholeBoardBinding(options: WholeBoardOptions): VirtualBinding {
  const { address, air, stateRoot, openedBy, onNotice, onUsbDevice } = options;
  const board = parseVirtualAddress(address);
  const binding = virtualBinding({
    board,
    stateRoot,
    ...(openedBy !== undefined && { openedBy }),
    firmware: microPython(board, air, onNotice),
    ...(onUsbDevice && { onUsbDevice }),
    prepare: (folder) => {
      if (board.preset === undefined) return;
      preparePreset(board.preset, folder, CHIPS[board.chip], {
        firmware: ownFirmware(board),
        sizeBytes: board.flashSizeBytes,
      });
    },
  });
  return { ...binding, open: (port) => openOnceReleased(() => binding.open(port)) };
}

/** Waits for the process of an opener that was killed. */
async function openOnceReleased<T>(open: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + ORPHAN_ENDS_WITHIN_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const { processId } = error as { processId?: number };
      if (processId === undefined || isRunning(processId) || performance.now() > deadline) throw error;
      await delay(LOOK_AGAIN_MS);
    }
  }
}
