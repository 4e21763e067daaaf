// Differences between chips, as data: registers, status length, what its ROM loader can do.

import type { ChipUsbFacts } from '../../usb/usb-facts.js';
import type { SpiLayout } from '../flash/spi-controller.js';

/** Reaction of a ROM to an unknown command. */
export type UnknownCommandReaction = 'error' | 'reset' | 'silence';

/** What burned eFuses can demand; nothing undoes it. */
export type FuseLock = 'flash-encryption' | 'secure-boot' | 'secure-download';

export interface Fuses {
  readonly mac: Uint8Array;
  /** In hundredths: 301 is v3.1. */
  readonly revision: number;
  readonly locks: readonly FuseLock[];
}

export interface ChipDefinition {
  /** Missing: none. */
  readonly usb?: ChipUsbFacts;
  /** Register by which flashers identify chips, and its value. */
  readonly magic: { readonly address: number; readonly value: number };
  /** UART clock divider and the clock that it is computed from. */
  readonly uartDivider: { readonly address: number; readonly clockHz: number };
  /** Crystal that its ROM assumes when it sets a baud rate; missing: the one that it has. */
  readonly assumedCrystalHz?: number;
  readonly spi: SpiLayout;
  /** Revisions whose flash has no power in the loader until both bits of this register are set. */
  readonly flashPower?: {
    readonly revisions: readonly number[];
    readonly address: number;
    readonly bits: number;
  };
  /** Default revision of such chips, in hundredths. */
  readonly usualRevision: number;
  /** The largest numbers that its eFuses have room for; missing: it has no revision. */
  readonly largestRevision?: { readonly major: number; readonly minor: number };
  /** Locks that its eFuses have; missing: none. */
  readonly fuseLocks?: readonly FuseLock[];
  /** eFuse words by address. */
  efuses(fuses: Fuses): ReadonlyMap<number, number>;
  /** The ROM's answer to GET_SECURITY_INFO; `undefined` if the command is unknown. Not every answer has the id. */
  readonly securityInfo?: { readonly chipId?: number };
  /** Value in the ROM's answer to SYNC; never 0, by which flashers distinguish ROM and stub. */
  readonly syncValue: number;
  /** Where the ROM's answers end: status, error and, from ESP32 on, two more bytes. */
  readonly romStatusBytes: 2 | 4;
  /** Kind of ROM: the ESP32's has more commands, and erases the requested size. */
  readonly rom: 'esp8266' | 'esp32';
}
