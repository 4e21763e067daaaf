// What may run on the virtual chip: its ROM loader, or the firmware in its flash. One at a time owns the UART.

import type { BuildFacts, ChipFamily, FirmwareVersion, FlashRange } from './chips/chip-model.js';
import type { FilesystemFlash } from './state/files-in-flash.js';

/** The chip's side of the serial line, for a running program. */
export interface BoardUart {
  /** Sends bytes to the host, at the rate of the line. Never waits: see `drained`. */
  transmit(bytes: Uint8Array): void;
  /** Sets the chip's baud rate, once what was sent before has left. */
  setBaudRate(baudRate: number): void;
  /** Sets the chip's baud rate at once; what has not left yet is dropped, or else goes at the new rate. */
  switchBaudRate(baudRate: number, dropsUnsent: boolean): void;
  /** Resolves when everything transmitted has left: a chip that prints waits for its small buffer. */
  drained(): Promise<void>;
}

/** The only program that runs on the chip, until it is stopped. */
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
  readonly flash: FilesystemFlash;
  /** Folder where what the board remembers is kept; the board's alone while it has power. */
  readonly stateFolder: string;
  /** Restarts the chip as `machine.reset()` does. Returns at once; `stop` is called soon after. */
  requestReset(): void;
  /** The power fails: the port is lost. */
  losePower?(): void;
}

/** The software on the board, and the data that it loses when its flash is erased. */
export interface Firmware {
  /** Starts the firmware in the flash. */
  start(context: FirmwareContext): Program;
  /** Stores in the flash what it has changed of its files, while it does not run. */
  storeFiles?(flash: FilesystemFlash, filesystem: FlashRange, stateFolder: string): void;
  /** The filesystem's sectors were erased or overwritten: they are what counts from now on. */
  onFilesystemErased?(stateFolder: string): void;
  /** The SDK's sectors were erased: the radio forgets networks and settings. */
  onSdkParametersErased?(stateFolder: string): void;
}
