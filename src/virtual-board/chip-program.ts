// What may run on the virtual chip: its ROM loader, or the firmware in its flash. One at a time owns the UART.

import type { BuildFacts, ChipFamily, FirmwareVersion, FlashRange } from './chips/chip-model.js';

/** The chip's side of the serial line, as a running program sees it. */
export interface BoardUart {
  /** Sends bytes to the host, at the rate of the line. Never waits: see `drained`. */
  transmit(bytes: Uint8Array): void;
  /** Sets the chip's baud rate, once what was sent before has left. */
  setBaudRate(baudRate: number): void;
  /** Resolves when everything transmitted has left: a chip that prints waits for its small buffer. */
  drained(): Promise<void>;
}

/** A program that has the chip to itself until it is stopped. */
export interface Program {
  /** Bytes that came in on the UART. */
  receive(bytes: Uint8Array): void;
  /** Ends at once, as when EN goes low; nothing is transmitted afterwards. */
  stop(): Promise<void>;
}

/** What firmware finds when the ROM starts it. */
export interface FirmwareContext extends FirmwareVersion {
  readonly chip: ChipFamily;
  readonly build: BuildFacts;
  readonly uart: BoardUart;
  /** Why the chip started, in its port's numbers: `machine.reset_cause()`. */
  readonly resetCause: number;
  /** Six bytes from the efuses. */
  readonly mac: Uint8Array;
  /** Where the flash has room for files; undefined: nowhere. */
  readonly filesystem: FlashRange | undefined;
  /** Folder where what the board remembers is kept; the board's alone while it has power. */
  readonly stateFolder: string;
  /** Restarts the chip as `machine.reset()` does. Returns at once; `stop` is called soon after. */
  requestReset(): void;
  /** The power fails, as far as the host can see: its port goes away. */
  losePower?(): void;
}

/** The software on the board, and what it loses when its flash is erased under it. */
export interface Firmware {
  /** Starts what the flash holds. */
  start(context: FirmwareContext): Program;
  /** The filesystem's sectors were erased or overwritten: its files are gone. */
  onFilesystemErased?(stateFolder: string): void;
  /** The SDK's sectors were erased: the radio forgets networks and settings. */
  onSdkParametersErased?(stateFolder: string): void;
}
