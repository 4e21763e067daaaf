// How a board is attached to the computer: behind a USB-UART bridge, or by a USB port of the chip. The board does not know
// which: the line, the lines' effect and the boot mode come from here.

import type { ControlLines } from '../port/port.js';
import type { BoardUart } from './chip-program.js';
import type { BootMode, ResetCause } from './chips/chip-model.js';
import type { LiveRegister } from './rom/registers.js';

/** The program that runs on the chip; `nothing` while it is in reset. A stub is left by an earlier flasher. */
export type Running = 'nothing' | 'loader' | 'stub' | 'firmware';

/** What an attachment does to its chip. */
export interface ChipControl {
  /** Bytes arrive for the program that runs. */
  receive(bytes: Uint8Array): void;
  /** Holds the chip in reset. */
  hold(): void;
  /** Restarts the chip, or ends a reset. */
  boot(cause: ResetCause): void;
  /** Whether the ROM would start what is in the flash. */
  isBootable(): boolean;
}

/** The computer's end. */
export interface HostEnd {
  readonly baudRate: number;
  write(bytes: Uint8Array): void;
  /** Resolves when at most `pendingBytes` of the written bytes are still to be sent. */
  pending(pendingBytes: number): Promise<void>;
  /** Drops the bytes that are still to be sent. */
  discard(): void;
  setBaudRate(baudRate: number): void;
  setLines(lines: ControlLines): void;
}

/** The chip's end. */
export interface ChipEnd extends BoardUart {
  /** The UART's current rate. */
  readonly baudRate: number;
}

export interface Attachment {
  readonly host: HostEnd;
  readonly chip: ChipEnd;
  /** Registers that a loader has with this attachment only. */
  readonly registers: ReadonlyMap<number, LiveRegister>;
  /** @param lines as the computer has them when the board gets power */
  powerOn(lines: ControlLines): void;
  /** Ends everything that was to happen later. */
  powerOff(): void;
  /** @returns the mode of a boot with this cause; some causes sample the strapping pins again, others keep the mode */
  latchBootMode(cause: ResetCause): BootMode;
  /** Called when another program has the chip. */
  chipRuns(running: Running): void;
}

/** Makes the attachment of one board. */
export type Attach = (chip: ChipControl) => Attachment;
