// The virtual board: power, reset, boot, and whatever program has the chip. Knows no host, file name or port.

import type { ControlLines } from '../serial/port.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { NO_FLASH_TIMING, NorFlash, TYPICAL_FLASH_TIMING } from './flash.js';
import { FlashWatch } from './flash-watch.js';
import { readBootableImage } from './image.js';
import type { BoardUart, Firmware, Program } from './program.js';
import { type ResetPins, resetPins } from './reset-circuit.js';
import { startDownloadMode } from './rom/download-mode.js';
import { ESP8266 } from './rom/esp8266.js';
import { loaderMachine } from './rom/machine.js';
import {
  type BootMode,
  bootLine,
  loadLines,
  NOTHING_TO_BOOT,
  ROM_BAUD_RATE,
  ROM_RESET_CAUSE,
} from './rom-output.js';
import { SerialLine } from './uart.js';

/** Rate that MicroPython sets for its REPL. */
const FIRMWARE_BAUD_RATE = 115200;

/** EN rises slowly, for it hangs on a capacitor: lines that change one after the other count as one change. */
const EN_RISE_MS = 2;

/** Why the chip starts: what its ROM prints, and what the SDK tells a program. */
const CAUSES = {
  powerOn: { rom: ROM_RESET_CAUSE.powerOn, sdk: 0 },
  software: { rom: ROM_RESET_CAUSE.external, sdk: 4 },
  enPin: { rom: ROM_RESET_CAUSE.external, sdk: 6 },
} as const;
type Cause = (typeof CAUSES)[keyof typeof CAUSES];

export interface VirtualBoardParts {
  /** Path of the file that holds the flash. */
  readonly flashFile: string;
  readonly flashSizeBytes: number;
  readonly mac: Uint8Array;
  /** Where the firmware keeps what outlives the process. */
  readonly stateFolder: string;
  readonly speed: 'real' | 'max';
  readonly hostBaudRate: number;
  readonly firmware: Firmware;
  /** Bytes as the host's adapter receives them. */
  readonly onHostReceive: (bytes: Uint8Array) => void;
  /** The board can not go on, as with a full disk under its flash. */
  readonly onFailure: (error: unknown) => void;
  readonly clock?: Clock;
}

/** A board on a bench. It runs from `powerOn` to `close`. */
export class VirtualBoard {
  readonly line: SerialLine;
  readonly flash: NorFlash;
  readonly #parts: VirtualBoardParts;
  readonly #clock: Clock;
  readonly #watch: FlashWatch;
  #pins: ResetPins = { en: true, gpio0: true };
  #cancelRise: () => void = () => {};
  #bootMode: BootMode = 'flash';
  #program: Program | undefined;
  /** Cuts the program at hand off from the line. */
  #revoke: () => void = () => {};
  /** What is under way: starts and stops follow one another. */
  #transition: Promise<void> = Promise.resolve();
  /** Counts resets, so that a start that a later reset overtook does not take place. */
  #resets = 0;

  constructor(parts: VirtualBoardParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? SYSTEM_CLOCK;
    const paced = parts.speed === 'real';
    this.#watch = new FlashWatch(parts.flashSizeBytes, {
      filesystem: () => parts.firmware.onFilesystemErased?.(parts.stateFolder),
      sdkParameters: () => parts.firmware.onSdkParametersErased?.(parts.stateFolder),
    });
    this.flash = new NorFlash({
      path: parts.flashFile,
      sizeBytes: parts.flashSizeBytes,
      timing: paced ? TYPICAL_FLASH_TIMING : NO_FLASH_TIMING,
      clock: this.#clock,
      onChange: (address, lengthBytes) => this.#watch.changed(address, lengthBytes),
    });
    this.line = new SerialLine({
      clock: this.#clock,
      paced,
      hostBaudRate: parts.hostBaudRate,
      chipBaudRate: ROM_BAUD_RATE,
      onHostReceive: parts.onHostReceive,
      onChipReceive: (bytes) => this.#program?.receive(bytes),
    });
  }

  /** Gives the board power; it boots at once from what the pins say. */
  powerOn(lines: ControlLines): void {
    this.#pins = resetPins(lines);
    if (this.#pins.en) this.#sampleAndBoot(CAUSES.powerOn);
  }

  /** The host's control lines changed. */
  setLines(lines: ControlLines): void {
    const before = this.#pins;
    this.#pins = resetPins(lines);
    if (before.en && !this.#pins.en) {
      this.#cancelRise();
      this.#halt();
    }
    if (!before.en && this.#pins.en) {
      this.#cancelRise = this.#clock.setTimer(() => this.#sampleAndBoot(CAUSES.enPin), EN_RISE_MS);
    }
  }

  /** Takes the power away. Resolves when nothing of the board runs any more and its flash is on disk. */
  async close(): Promise<void> {
    this.#cancelRise();
    this.#halt();
    this.line.hostDiscard();
    await this.#transition;
    this.flash.close();
  }

  #sampleAndBoot(cause: Cause): void {
    this.#bootMode = this.#pins.gpio0 ? 'flash' : 'download';
    this.#boot(cause);
  }

  /** Stops what runs, at once as far as the line can see. */
  #halt(): void {
    this.#resets++;
    this.#revoke();
    this.line.chipReset(ROM_BAUD_RATE);
    const program = this.#program;
    this.#program = undefined;
    if (program !== undefined) this.#enqueue(() => program.stop());
  }

  #boot(cause: Cause): void {
    this.#halt();
    const reset = this.#resets;
    this.#enqueue(() => {
      if (reset !== this.#resets) return;
      this.#print(bootLine(cause.rom, this.#bootMode));
      if (this.#bootMode === 'download') this.#startLoader();
      else this.#startFlash(cause);
    });
  }

  #enqueue(action: () => Promise<void> | void): void {
    this.#transition = this.#transition.then(action).catch(this.#parts.onFailure);
  }

  #startLoader(): void {
    const { mac, onFailure } = this.#parts;
    this.line.matchNextInput();
    this.#watch.arm(readBootableImage(this.flash)?.sizeBytes);
    this.#program = startDownloadMode({
      machine: loaderMachine({
        chip: ESP8266,
        flash: this.flash,
        mac,
        chipBaudRate: () => this.line.chipBaudRate,
      }),
      uart: this.#connect(),
      onUnknownCommand: 'error',
      onRunUserCode: () => this.#leaveLoader(),
      onRestart: () => this.#boot(CAUSES.software),
      onFailure,
    });
  }

  /** From the loader straight into the flash, without a reset. */
  #leaveLoader(): void {
    const reset = this.#resets;
    this.#revoke();
    this.#program = undefined;
    this.#enqueue(() => {
      if (reset !== this.#resets) return;
      this.line.chip.setBaudRate(ROM_BAUD_RATE);
      this.#startFlash(CAUSES.enPin);
    });
  }

  #startFlash(cause: Cause): void {
    const image = readBootableImage(this.flash);
    if (image === undefined) {
      this.#print(NOTHING_TO_BOOT);
      return;
    }
    this.#print(loadLines(image.segments));
    this.line.chip.setBaudRate(FIRMWARE_BAUD_RATE);
    const { firmware, mac, stateFolder } = this.#parts;
    const reset = this.#resets;
    this.#program = firmware.start({
      version: image.version,
      uart: this.#connect(),
      resetCause: cause.sdk,
      mac,
      stateFolder,
      requestReset: () => {
        if (reset === this.#resets) this.#boot(CAUSES.software);
      },
    });
  }

  #print(text: string): void {
    this.line.chip.transmit(new TextEncoder().encode(text));
  }

  /** The chip's UART for one program, until the chip is reset. */
  #connect(): BoardUart {
    const { chip } = this.line;
    let connected = true;
    this.#revoke = () => {
      connected = false;
    };
    return {
      transmit: (bytes) => {
        if (connected) chip.transmit(bytes);
      },
      setBaudRate: (baudRate) => {
        if (connected) chip.setBaudRate(baudRate);
      },
      drained: () => (connected ? chip.drained() : Promise.resolve()),
    };
  }
}
