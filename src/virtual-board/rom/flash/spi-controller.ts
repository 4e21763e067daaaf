// The SPI controller that the flash is connected to, as far as loaders use it: one user-defined command at a time.
// Registers and flash commands only; the ROM's routines read, write and erase.

import type { NorFlash } from '../../flash/nor-flash.js';
import type { LiveRegister } from '../registers.js';

/** Where a chip has the controller's registers; offsets from `base`. */
export interface SpiLayout {
  readonly base: number;
  readonly usr: number;
  readonly usr1: number;
  readonly usr2: number;
  readonly w0: number;
  /** Register with the length of the answer less one, and its shift: bits of USR1 on ESP8266. */
  readonly answerLength: { readonly offset: number; readonly shift: number; readonly mask: number };
}

const CMD_OFFSET = 0;
const CMD_USER = 1 << 18;
const CMD_READ_ID = 1 << 28;
const USR_MISO = 1 << 28;
const FLASH_READ_ID = 0x9f;
const FLASH_READ_STATUS = 0x05;
const FLASH_READ_STATUS_2 = 0x35;
const FLASH_ENABLE_WRITE = 0x06;
const FLASH_WRITE_STATUS = 0x01;
const FLASH_WRITE_STATUS_2 = 0x31;

/** The flash, as far as its controller reaches it. */
type SpiFlash = Pick<NorFlash, 'id' | 'status' | 'enableWrite' | 'writeStatus'>;

/** @returns the controller's registers by address */
export function spiController(layout: SpiLayout, flash: SpiFlash): Map<number, LiveRegister> {
  const { base, usr, usr1, usr2, w0, answerLength } = layout;
  const words = new Map<number, number>();
  const register = (offset: number): number => words.get(offset) ?? 0;

  function execute(trigger: number): void {
    if (trigger & CMD_READ_ID) words.set(w0, flash.id);
    if (!(trigger & CMD_USER)) return;
    const command = register(usr2) & 0xff;
    write(flash, command, register(w0));
    if (!(register(usr) & USR_MISO)) return;
    const { offset, shift, mask } = answerLength;
    const bits = ((register(offset) >>> shift) & mask) + 1;
    const kept = bits >= 32 ? 0xffffffff : 2 ** bits - 1;
    words.set(w0, answer(flash, command) & kept);
  }

  const registers = new Map<number, LiveRegister>();
  for (const offset of new Set([usr, usr1, usr2, w0, answerLength.offset])) {
    registers.set(base + offset, {
      read: () => register(offset),
      write: (value) => words.set(offset, value),
    });
  }
  // A command ends within the time of the write: its bit reads as 0 at once.
  registers.set(base + CMD_OFFSET, { read: () => 0, write: execute });
  return registers;
}

function answer(flash: SpiFlash, command: number): number {
  if (command === FLASH_READ_ID) return flash.id;
  if (command === FLASH_READ_STATUS) return flash.status[0];
  if (command === FLASH_READ_STATUS_2) return flash.status[1];
  return 0xffffffff; // floating line
}

function write(flash: SpiFlash, command: number, data: number): void {
  const [first] = flash.status;
  if (command === FLASH_ENABLE_WRITE) flash.enableWrite();
  if (command === FLASH_WRITE_STATUS) flash.writeStatus([data & 0xff, (data >>> 8) & 0xff]);
  if (command === FLASH_WRITE_STATUS_2) flash.writeStatus([first, data & 0xff]);
}
