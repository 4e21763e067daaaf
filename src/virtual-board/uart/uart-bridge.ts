// A USB-UART bridge: its two control lines pull EN and GPIO0, and both ends of its line have a baud rate.

import type { ControlLines } from '../../port/port.js';
import type { Attachment, ChipControl, ChipEnd, HostEnd, Running } from '../attachment.js';
import type { BootMode, ResetCause } from '../chips/chip-model.js';
import type { Clock } from '../clock.js';
import { type BoardFaults, LEFT_STUB_BAUD_RATE } from '../options/faults.js';
import { type ResetPins, resetPins } from './reset-circuit.js';
import { SerialLine } from './serial-line.js';

/** EN rises slowly because of its capacitor: quick successive changes of the lines count as one. */
const EN_RISE_MS = 2;

/** A software or watchdog reset keeps the boot mode that the last of these sampled from GPIO0. */
const SAMPLES_PINS: readonly ResetCause[] = ['power-on', 'en-pin', 'brown-out'];

interface BridgeParts {
  readonly clock: Clock;
  /** Whether bytes take the time that they take on a wire. */
  readonly paced: boolean;
  readonly hostBaudRate: number;
  readonly romBaudRate: number;
  readonly faults: Pick<BoardFaults, 'lines' | 'starts' | 'adapterBaudRate'>;
  /** Bytes as the adapter receives them. */
  readonly onHostReceive: (bytes: Uint8Array) => void;
}

export class UartBridge implements Attachment {
  readonly host: HostEnd;
  readonly chip: ChipEnd;
  readonly registers = new Map<never, never>();
  readonly #control: ChipControl;
  readonly #parts: BridgeParts;
  readonly #line: SerialLine;
  #pins: ResetPins = { en: true, gpio0: true };
  #bootMode: BootMode = 'flash';
  #cancelRise: () => void = () => {};

  constructor(control: ChipControl, parts: BridgeParts) {
    this.#control = control;
    this.#parts = parts;
    const { clock, paced, hostBaudRate, romBaudRate, faults } = parts;
    const line = new SerialLine({
      ...{ clock, paced },
      hostBaudRate: Math.min(hostBaudRate, faults.adapterBaudRate),
      chipBaudRate: romBaudRate,
      onHostReceive: parts.onHostReceive,
      onChipReceive: (bytes) => control.receive(bytes),
    });
    this.#line = line;
    this.chip = line.chip;
    this.host = {
      get baudRate() {
        return line.hostBaudRate;
      },
      write: (bytes) => line.hostWrite(bytes),
      pending: (pendingBytes) => line.hostPending(pendingBytes),
      discard: () => line.hostDiscard(),
      setBaudRate: (baudRate) => line.setHostBaudRate(Math.min(baudRate, faults.adapterBaudRate)),
      setLines: (lines) => this.#setLines(lines),
    };
  }

  powerOn(lines: ControlLines): void {
    this.#pins = this.#pulledBy(lines);
    if (this.#pins.en) this.#control.boot('power-on');
  }

  powerOff(): void {
    this.#cancelRise();
  }

  latchBootMode(cause: ResetCause): BootMode {
    const isButtonHeld = cause === 'power-on' && this.#parts.faults.starts !== 'flash';
    if (SAMPLES_PINS.includes(cause))
      this.#bootMode = this.#pins.gpio0 && !isButtonHeld ? 'flash' : 'download';
    return this.#bootMode;
  }

  chipRuns(running: Running): void {
    if (running === 'nothing') this.#line.chipReset(this.#parts.romBaudRate);
    if (running === 'loader') this.#line.matchNextInput();
    if (running === 'stub') this.chip.setBaudRate(LEFT_STUB_BAUD_RATE);
  }

  #setLines(lines: ControlLines): void {
    const before = this.#pins;
    this.#pins = this.#pulledBy(lines);
    if (before.en && !this.#pins.en) {
      this.#cancelRise();
      this.#control.hold();
    }
    if (!before.en && this.#pins.en) {
      this.#cancelRise = this.#parts.clock.setTimer(() => this.#control.boot('en-pin'), EN_RISE_MS);
    }
  }

  /** The circuit, as far as it is wired. */
  #pulledBy(lines: ControlLines): ResetPins {
    const { lines: wired } = this.#parts.faults;
    const pins = resetPins(lines);
    return { en: wired === 'none' || pins.en, gpio0: wired !== 'both' || pins.gpio0 };
  }
}
