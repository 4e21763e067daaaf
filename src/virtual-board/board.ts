// The virtual board: power, reset, boot, and the running program. Independent of host, file names and ports.

import type { ControlLines } from '../port/port.js';
import type { BoardUart, Firmware, Program } from './chip-program.js';
import type { BootMode, ChipModel, FirmwareVersion, ReadableFlash, ResetCause } from './chips/chip-model.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { FlashWatch } from './flash/flash-watch.js';
import { flashTiming, NorFlash } from './flash/nor-flash.js';
import { type BoardFaults, LEFT_STUB_BAUD_RATE, NO_FAULTS } from './options/faults.js';
import { type ResetPins, resetPins } from './reset-circuit.js';
import type { UnknownCommandReaction } from './rom/chips/chip-definition.js';
import { startDownloadMode } from './rom/download-mode.js';
import { loaderMachine } from './rom/machine.js';
import { type Speed, TIMES_SLOWER } from './speed.js';
import { SerialLine } from './uart/serial-line.js';
import { ChipUsb } from './usb/chip-usb.js';
import type { UsbDevice, UsbPortKind } from './usb/usb-port.js';

/** Rate that MicroPython sets for its REPL. */
const FIRMWARE_BAUD_RATE = 115200;

/** In the order of their numbers in byte 2 of an image's header. */
const FLASH_MODES = ['qio', 'qout', 'dio', 'dout'];

/** EN rises slowly because of its capacitor: quick successive changes of the lines count as one. */
const EN_RISE_MS = 2;

/** Full speed carries about 1 MB a second; a rate that is set means nothing. */
const USB_BAUD_RATE = 8_000_000;

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
  readonly hostBaudRate: number;
  readonly firmware: Firmware;
  /** The host is attached to the chip's own USB port instead of a bridge. */
  readonly usb?: UsbPortKind | undefined;
  /** Called with the devices on the bus. */
  readonly onUsbDevice?: (device: UsbDevice | undefined) => void;
  /** Bytes as the host's adapter receives them. */
  readonly onHostReceive: (bytes: Uint8Array) => void;
  /** The board cannot continue, for example because the disk is full. */
  readonly onFailure: (error: unknown) => void;
  readonly clock?: Clock;
}

/** A board on a bench. It runs from `powerOn` to `close`. */
export class VirtualBoard {
  readonly line: SerialLine;
  readonly flash: NorFlash;
  readonly #parts: VirtualBoardParts;
  readonly #faults: BoardFaults;
  readonly #clock: Clock;
  readonly #watch: FlashWatch;
  readonly #usb: ChipUsb | undefined;
  #pins: ResetPins = { en: true, gpio0: true };
  #cancelRise: () => void = () => {};
  #cancelLater: () => void = () => {};
  #bootMode: BootMode = 'flash';
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
    const paced = parts.speed !== 'max';
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
    this.line = new SerialLine({
      clock: this.#clock,
      paced,
      hostBaudRate: parts.usb ? USB_BAUD_RATE : parts.hostBaudRate,
      chipBaudRate: parts.usb ? USB_BAUD_RATE : parts.chip.romBaudRate,
      onHostReceive: parts.onHostReceive,
      onChipReceive: (bytes) => this.#program?.receive(bytes),
    });
    this.#usb =
      parts.usb &&
      new ChipUsb({
        kind: parts.usb,
        facts: parts.chip.loader.usb,
        mac: parts.mac,
        speed: parts.speed,
        clock: this.#clock,
        onDevice: parts.onUsbDevice ?? (() => {}),
        hold: () => this.#halt(),
        boot: (mode, cause) => {
          this.#bootMode = mode;
          this.#boot(cause);
        },
      });
  }

  /** Powers the board; it boots at once in the mode of its pins. */
  powerOn(lines: ControlLines): void {
    if (this.#usb) {
      this.#usb.powerUp(this.#parts.chip.boot(this.#flashAsRead(), this.#revision).kind === 'stuck');
      return;
    }
    this.#pins = this.#pulledBy(lines);
    const { starts } = this.#faults;
    if (starts !== 'flash') {
      this.#bootMode = 'download';
      this.#boot('power-on');
    } else if (this.#pins.en) this.#sampleAndBoot('power-on');
  }

  /** The host's rate means nothing to USB, but 1200 baud is a sign. */
  setHostBaudRate(baudRate: number): void {
    if (this.#usb) this.#usb.hostBaudRate = baudRate;
    else this.line.setHostBaudRate(baudRate);
  }

  /** The circuit, as far as it is wired. */
  #pulledBy(lines: ControlLines): ResetPins {
    const { lines: wired } = this.#faults;
    const pins = resetPins(lines);
    return { en: wired === 'none' || pins.en, gpio0: wired !== 'both' || pins.gpio0 };
  }

  /** The host's control lines changed. */
  setLines(lines: ControlLines): void {
    if (this.#usb) {
      this.#usb.setLines(lines);
      return;
    }
    const before = this.#pins;
    this.#pins = this.#pulledBy(lines);
    if (before.en && !this.#pins.en) {
      this.#cancelRise();
      this.#halt();
    }
    if (!before.en && this.#pins.en) {
      this.#cancelRise = this.#clock.setTimer(() => this.#sampleAndBoot('en-pin'), EN_RISE_MS);
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

  #sampleAndBoot(cause: ResetCause): void {
    if (!this.#usb) this.#bootMode = this.#pins.gpio0 ? 'flash' : 'download';
    this.#boot(cause);
  }

  /** Stops the program; the line is free at once. */
  #halt(): void {
    this.#resets++;
    this.#cancelLater();
    this.#revoke();
    this.#usb?.chipRuns('nothing');
    this.line.chipReset(this.#usb ? USB_BAUD_RATE : this.#parts.chip.romBaudRate);
    const program = this.#program;
    this.#program = undefined;
    if (program !== undefined) this.#enqueue(() => program.stop());
  }

  #boot(cause: ResetCause): void {
    this.#halt();
    const reset = this.#resets;
    this.#enqueue(() => {
      if (reset !== this.#resets) return;
      this.#print(this.#parts.chip.bootText(cause, this.#bootMode));
      if (this.#faults.supply === 'failing') this.#brownOut();
      else if (this.#bootMode === 'download') this.#startLoader();
      else this.#startFlash(cause);
    });
  }

  get #revision(): number {
    return this.#faults.revision ?? this.#parts.chip.loader.usualRevision;
  }

  /** The voltage drops, and comes back when nothing draws current any more. */
  #brownOut(): void {
    this.#print(this.#parts.chip.brownOutText);
    this.#later(BROWN_OUT_MS, () => this.#sampleAndBoot('brown-out'));
  }

  #enqueue(action: () => Promise<void> | void): void {
    this.#transition = this.#transition.then(action).catch(this.#parts.onFailure);
  }

  #startLoader(): void {
    const { chip, mac, onFailure, onUnknownCommand } = this.#parts;
    const isStubLeft = this.#faults.starts === 'stub' && this.#resets === 1;
    if (isStubLeft) this.line.chip.setBaudRate(LEFT_STUB_BAUD_RATE);
    else if (!this.#usb) this.line.matchNextInput();
    this.#usb?.chipRuns('loader');
    this.#watch.arm(chip.regions(this.flash));
    this.#program = startDownloadMode({
      machine: loaderMachine({
        chip: chip.loader,
        flash: this.flash,
        fuses: { mac, revision: this.#revision, locks: this.#faults.locks },
        chipBaudRate: () => this.line.chipBaudRate,
        more: this.#usb?.startWatchdogs(),
      }),
      uart: this.#connect(),
      startsWithStub: isStubLeft,
      onUnknownCommand,
      onRunUserCode: () => this.#leaveLoader(),
      onRestart: () => this.#boot('software'),
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
      if (!this.#usb) this.line.chip.setBaudRate(this.#parts.chip.romBaudRate);
      this.#startFlash('en-pin');
    });
  }

  #startFlash(cause: ResetCause): void {
    const { chip, speed } = this.#parts;
    const result = chip.boot(this.#flashAsRead(), this.#revision);
    this.#print(result.text);
    if (result.kind === 'stuck') {
      const { restart } = result;
      if (restart !== undefined) this.#later(restart.afterMs, () => this.#boot(restart.cause));
      return;
    }
    if (!this.#usb) this.line.chip.setBaudRate(FIRMWARE_BAUD_RATE);
    // Bytes received meanwhile are lost, because the UART is not set up.
    if (speed !== 'max')
      this.#later(chip.firmwareStartMs * TIMES_SLOWER[speed], () =>
        this.#startFirmware(cause, result.firmware),
      );
    else this.#startFirmware(cause, result.firmware);
  }

  /** Read in a mode whose data lines are not wired, the flash seems erased. */
  #flashAsRead(): ReadableFlash {
    const { chip } = this.#parts;
    const mode = FLASH_MODES[this.flash.read(chip.firmwareAddress + 2, 1)[0] ?? 0] ?? 'dout';
    if (FLASH_MODES.indexOf(mode) >= FLASH_MODES.indexOf(this.#faults.flashModes)) return this.flash;
    return {
      sizeBytes: this.flash.sizeBytes,
      read: (_address, lengthBytes) => new Uint8Array(lengthBytes).fill(0xff),
    };
  }

  #startFirmware(cause: ResetCause, version: FirmwareVersion): void {
    const { chip, firmware, mac, stateFolder } = this.#parts;
    if (this.#faults.supply === 'weak') {
      this.#brownOut();
      return;
    }
    const reset = this.#resets;
    this.#usb?.chipRuns('firmware');
    this.#program = firmware.start({
      chip: chip.family,
      build: chip.build(version.version, this.flash.sizeBytes),
      ...version,
      uart: this.#connect(),
      resetCause: chip.pythonResetCause[cause],
      mac,
      filesystem: chip.regions(this.flash).filesystem,
      stateFolder,
      requestReset: () => {
        // esp_restart and system_restart wait until the transmitter is empty.
        void this.line.chip.drained().then(() => {
          if (reset === this.#resets) this.#boot('software');
        });
      },
      losePower: () => this.#parts.onFailure(Object.assign(new Error('power lost'), { code: 'EIO' })),
    });
  }

  /** Does something after all that was printed has left and this time has passed, unless a reset comes first. */
  #later(delayMs: number, action: () => void): void {
    const reset = this.#resets;
    void this.line.chip.drained().then(() => {
      if (reset !== this.#resets) return;
      this.#cancelLater = this.#clock.setTimer(action, delayMs);
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
        if (connected && !this.#usb?.dropsOutput) chip.transmit(bytes);
      },
      setBaudRate: (baudRate) => {
        if (connected && !this.#usb) chip.setBaudRate(baudRate);
      },
      drained: () => (connected ? chip.drained() : Promise.resolve()),
    };
  }
}
