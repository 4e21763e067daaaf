// What tells one chip from another, as data: registers, status length, what its ROM loader can do.

import type { SpiLayout } from './spi-controller.js';

/** How a ROM takes a command that it does not know. */
export type UnknownCommandReaction = 'error' | 'reset' | 'silence';

export interface ChipDefinition {
  /** Register that flashers tell chips by, and its value. */
  readonly magic: { readonly address: number; readonly value: number };
  /** UART clock divider and what it is computed from. */
  readonly uartDivider: { readonly address: number; readonly clockHz: number };
  readonly spi: SpiLayout;
  /** Efuse words by address. */
  efuses(mac: Uint8Array): ReadonlyMap<number, number>;
  /** Value in the ROM's answer to SYNC; never 0, by which flashers tell ROM from stub. */
  readonly syncValue: number;
  /** Where the ROM's answers end: status, error and, from ESP32 on, two more bytes. */
  readonly romStatusBytes: 2 | 4;
}
