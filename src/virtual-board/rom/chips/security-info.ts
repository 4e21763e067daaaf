// GET_SECURITY_INFO, and what a ROM refuses in secure download mode.
// Layout after esptool's documentation of the serial protocol.

import type { LoaderCommand } from '../command-loop.js';
import { OP } from '../link/packet.js';
import type { LoaderMachine } from '../machine.js';
import { failed, ROM_ERROR } from '../rom-errors.js';

const SECURE_BOOT = 1 << 0;
const SECURE_DOWNLOAD = 1 << 2;
const INFO_BYTES = 12;
/** With the chip's id and the version of its ROM's functions. */
const INFO_WITH_CHIP_BYTES = 20;
/** In secure download mode the flash can be written, and nothing can be read or run. */
const REFUSED = [
  ...[OP.readReg, OP.writeReg, OP.memBegin, OP.memData, OP.memEnd],
  ...[OP.spiFlashMd5, OP.readFlashSlow],
];

/** @returns the commands that these eFuses add or take away */
export function securityCommands({ chip, fuses }: LoaderMachine): Record<number, LoaderCommand> {
  if (chip.securityInfo === undefined) return {};
  const { chipId } = chip.securityInfo;
  const has = (lock: (typeof fuses.locks)[number]): boolean => fuses.locks.includes(lock);
  const info = new DataView(new ArrayBuffer(chipId === undefined ? INFO_BYTES : INFO_WITH_CHIP_BYTES));
  const flags = (has('secure-boot') ? SECURE_BOOT : 0) | (has('secure-download') ? SECURE_DOWNLOAD : 0);
  info.setUint32(0, flags, true);
  info.setUint8(4, has('flash-encryption') ? 1 : 0);
  if (chipId !== undefined) info.setUint32(12, chipId, true);
  const commands: Record<number, LoaderCommand> = {
    [OP.getSecurityInfo]: () => ({ data: new Uint8Array(info.buffer) }),
  };
  if (has('secure-download')) for (const op of REFUSED) commands[op] = () => failed(ROM_ERROR.invalidMessage);
  return commands;
}
