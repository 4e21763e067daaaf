// The parts of the chip that its loaders work on.

import type { NorFlash } from '../flash/nor-flash.js';
import type { ChipDefinition, Fuses } from './chips/chip-definition.js';
import { spiController } from './flash/spi-controller.js';
import { RamLoading } from './ram-loading.js';
import { AddressSpace, type LiveRegister } from './registers.js';

/** Shared by ROM and stub: the stub finds the registers and RAM as the ROM left them. */
export interface LoaderMachine {
  readonly chip: ChipDefinition;
  readonly fuses: Fuses;
  readonly flash: NorFlash;
  readonly space: AddressSpace;
  readonly ram: RamLoading;
}

/** @param chipBaudRate the rate that the chip's UART has at the moment */
export function loaderMachine(options: {
  chip: ChipDefinition;
  flash: NorFlash;
  fuses: Fuses;
  chipBaudRate: () => number;
  /** Further registers of this board's loader. */
  more: ReadonlyMap<number, LiveRegister>;
}): LoaderMachine {
  const { chip, flash, fuses } = options;
  const live = new Map<number, LiveRegister>(spiController(chip.spi, flash));
  live.set(chip.magic.address, { read: () => chip.magic.value });
  live.set(chip.uartDivider.address, {
    read: () => Math.round(chip.uartDivider.clockHz / options.chipBaudRate()),
  });
  const power = chip.flashPower;
  if (power?.revisions.includes(fuses.revision)) {
    flash.isPowered = false;
    live.set(power.address, {
      write: (value) => {
        flash.isPowered = (value & power.bits) === power.bits;
      },
    });
  }
  for (const [address, value] of chip.efuses(fuses)) live.set(address, { read: () => value });
  for (const [address, register] of options.more) live.set(address, register);
  const space = new AddressSpace(live);
  return { chip, fuses, flash, space, ram: new RamLoading(space) };
}
