// The virtual board: power, reset, boot, and the running program. Independent of host, file names and ports.

import type { ControlLines } from '../port/port.js';
import type { Attach, Attachment, HostEnd } from './attachment.js';
import type { BoardUart, Firmware, Program } from './chip-program.js';
import type { SecondChip } from './chips/builds.js';
import type { BootResult, ChipModel, FirmwareVersion, ResetCause } from './chips/chip-model.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { flashAsRead } from './flash/flash-modes.js';
import { FlashWatch } from './flash/flash-watch.js';
import { flashTiming, NorFlash } from './flash/nor-flash.js';
import { type BoardFaults, NO_FAULTS } from './options/faults.js';
import type { UnknownCommandReaction } from './rom/chips/chip-definition.js';
import { startDownloadMode } from './rom/download-mode.js';
import { loaderMachine } from './rom/machine.js';
import { type Speed, TIMES_SLOWER } from './speed.js';

/** Rate that MicroPython sets for its REPL. */
const FIRMWARE_BAUD_RATE = 115200;

/** Delay of a brown-out after the current rises. */
const BROWN_OUT_MS = 60;

export interface VirtualBoardParts {
  readonly chip: ChipModel;
  /** Path of the file with the flash's content. */
  readonly flashFile: string;
  readonly flashSizeBytes: number;
  readonly mac: Uint8Array;
  /** Where the firmware's state is stored. */
  readonly stateFolder: string;
  readonly speed: Speed;
  /** Reaction of the ROM loader to GET_SECURITY_INFO and other unknown commands. */
  readonly onUnknownCommand: UnknownCommandReaction;
  readonly faults?: BoardFaults | undefined;
  readonly secondChip?: SecondChip | undefined;
  readonly firmware: Firmware;
  /** Connects the board to the computer. */
  readonly attach: Attach;
  /** The board cannot continue, for example because the disk is full. */
  readonly onFailure: (error: unknown) => void;
  readonly clock?: Clock;
}

/** A board on a bench. It runs from `powerOn` to `close`. */
export class VirtualBoard {
  readonly flash: NorFlash;
  readonly #parts: VirtualBoardParts;
  readonly #faults: BoardFaults;
  readonly #clock: Clock;
  readonly #watch: FlashWatch;
  readonly #attachment: Attachment;
  #cancelLater: () => void = () => {};
  #program: Program | undefined;
  /** Disconnects the current program from the line. */
  #revoke: () => void = () => {};
  /** The current start or stop: they run one after another. */
  #transition: Promise<void> = Promise.resolve();
  /** Counts resets, so that a start that a later reset overtook does not take place. */
  #resets = 0;

  constructor(parts: VirtualBoardParts) {
    this.#parts = parts;
    this.#faults = parts.faults ?? NO_FAULTS;
    this.#clock = parts.clock ?? SYSTEM_CLOCK;
    this.#watch = new FlashWatch({
      filesystem: () => parts.firmware.onFilesystemErased?.(parts.stateFolder),
      settings: () => parts.firmware.onSdkParametersErased?.(parts.stateFolder),
    });
    this.flash = new NorFlash({
      path: parts.flashFile,
      sizeBytes: parts.flashSizeBytes,
      timing: flashTiming(TIMES_SLOWER[parts.speed]),
      clock: this.#clock,
      fault: this.#faults.flashFault,
      onChange: (address, lengthBytes) => this.#watch.changed(address, lengthBytes),
    });
    this.#attachment = parts.attach({
      receive: (bytes) => this.#program?.receive(bytes),
      hold: () => this.#halt(),
      boot: (cause) => this.#boot(cause),
      isBootable: () => this.#loadFirmware().kind === 'runs',
    });
  }

  /** The computer's end of its attachment. */
  get host(): HostEnd {
    return this.#attachment.host;
  }

  /** Powers the board; it boots at once in the mode of its pins. */
  powerOn(lines: ControlLines): void {
    this.#attachment.powerOn(lines);
  }

  /** Takes the power away. Resolves when nothing of the board runs any more and its flash is on disk. */
  async close(): Promise<void> {
    this.#attachment.powerOff();
    this.#halt();
    this.host.discard();
    await this.#transition;
    this.#storeFiles();
    this.flash.close();
  }

  /** Stops the program; the line is free at once. */
  #halt(): void {
    this.#resets++;
    this.#cancelLater();
    this.#revoke();
    this.#attachment.chipRuns('nothing');
    this.flash.isPowered = true; // by the ROM, before it boots from flash
    const program = this.#program;
    this.#program = undefined;
    if (program !== undefined) this.#enqueue(() => program.stop());
  }

  #boot(cause: ResetCause): void {
    this.#halt();
    const mode = this.#attachment.latchBootMode(cause);
    const reset = this.#resets;
    this.#enqueue(() => {
      if (reset !== this.#resets) return;
      this.#print(this.#parts.chip.bootText(cause, mode));
      if (this.#faults.supply === 'failing') this.#brownOut();
      else if (mode === 'download') this.#startLoader();
      else this.#startFlash(cause);
    });
  }

  get #revision(): number {
    return this.#faults.revision ?? this.#parts.chip.loader.usualRevision;
  }

  /** The voltage drops, and comes back when nothing draws current any more. */
  #brownOut(): void {
    this.#print(this.#parts.chip.brownOutText);
    this.#later(BROWN_OUT_MS, () => this.#boot('brown-out'));
  }

  #enqueue(action: () => Promise<void> | void): void {
    this.#transition = this.#transition.then(action).catch(this.#parts.onFailure);
  }

  #startLoader(): void {
    const { chip, mac, onFailure, onUnknownCommand } = this.#parts;
    const isStubLeft = this.#faults.starts === 'stub' && this.#resets === 1;
    this.#attachment.chipRuns(isStubLeft ? 'stub' : 'loader');
    this.#storeFiles();
    this.#watch.arm(chip.regions(this.flash));
    this.#program = startDownloadMode({
      machine: loaderMachine({
        chip: chip.loader,
        flash: this.flash,
        fuses: { mac, revision: this.#revision, locks: this.#faults.locks },
        chipBaudRate: () => this.#attachment.chip.baudRate,
        more: this.#attachment.registers,
      }),
      uart: this.#connect(),
      startsWithStub: isStubLeft,
      onUnknownCommand,
      onRunUserCode: () => this.#leaveLoader(),
      onRestart: () => this.#boot('software'),
      onFailure,
    });
  }

  /** For the next program that reads the flash. */
  #storeFiles(): void {
    const { chip, firmware, stateFolder } = this.#parts;
    const { filesystem } = chip.regions(this.flash);
    if (filesystem) firmware.storeFiles?.(this.flash, filesystem, stateFolder);
  }

  /** From the loader straight into the flash, without a reset. */
  #leaveLoader(): void {
    const reset = this.#resets;
    this.#revoke();
    this.#program = undefined;
    this.#enqueue(() => {
      if (reset !== this.#resets) return;
      this.#attachment.chip.setBaudRate(this.#parts.chip.romBaudRate);
      this.#startFlash('en-pin');
    });
  }

  #startFlash(cause: ResetCause): void {
    const { chip, speed } = this.#parts;
    const result = this.#loadFirmware();
    this.#print(result.text);
    if (result.kind === 'stuck') {
      const { restart } = result;
      if (restart !== undefined) this.#later(restart.afterMs, () => this.#boot(restart.cause));
      return;
    }
    this.#attachment.chip.setBaudRate(FIRMWARE_BAUD_RATE);
    // Bytes received meanwhile are lost, because the UART is not set up.
    if (speed !== 'max')
      this.#later(chip.firmwareStartMs * TIMES_SLOWER[speed], () =>
        this.#startFirmware(cause, result.firmware),
      );
    else this.#startFirmware(cause, result.firmware);
  }

  #loadFirmware(): BootResult {
    const { chip } = this.#parts;
    const flash = flashAsRead(this.flash, chip.firmwareAddress, this.#faults.flashModes);
    return chip.boot(flash, this.#revision);
  }

  #startFirmware(cause: ResetCause, version: FirmwareVersion): void {
    const { chip, firmware, mac, stateFolder, secondChip } = this.#parts;
    if (this.#faults.supply === 'weak') {
      this.#brownOut();
      return;
    }
    const reset = this.#resets;
    this.#attachment.chipRuns('firmware');
    this.#program = firmware.start({
      chip: chip.family,
      build: chip.build(version, {
        flashSizeBytes: this.flash.sizeBytes,
        revision: this.#revision,
        secondChip,
      }),
      ...version,
      uart: this.#connect(),
      resetCause: chip.pythonResetCause[cause],
      mac,
      filesystem: chip.regions(this.flash).filesystem,
      flash: this.flash,
      stateFolder,
      requestReset: () => {
        // esp_restart and system_restart wait until the transmitter is empty.
        void this.#attachment.chip.drained().then(() => {
          if (reset === this.#resets) this.#boot('software');
        });
      },
      losePower: () =>
        this.#parts.onFailure(Object.assign(new Error('EIO: i/o error, power lost'), { code: 'EIO' })),
    });
  }

  /** Does something after all that was printed has left and this time has passed, unless a reset comes first. */
  #later(delayMs: number, action: () => void): void {
    const reset = this.#resets;
    void this.#attachment.chip.drained().then(() => {
      if (reset !== this.#resets) return;
      this.#cancelLater = this.#clock.setTimer(action, delayMs);
    });
  }

  #print(text: string): void {
    this.#attachment.chip.transmit(new TextEncoder().encode(text));
  }

  /** The chip's UART for one program, until the chip is reset. */
  #connect(): BoardUart {
    const { chip } = this.#attachment;
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
      switchBaudRate: (baudRate, dropsUnsent) => {
        if (connected) chip.switchBaudRate(baudRate, dropsUnsent);
      },
      drained: () => (connected ? chip.drained() : Promise.resolve()),
    };
  }
}
