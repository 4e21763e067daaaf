// What both USB ports of a chip have in common as an attachment: a pipe without a baud rate, a device that comes and goes,
// and the loader's watchdogs, which survive a reset over USB.

import type { ControlLines } from '../../port/port.js';
import type { Attachment, ChipControl, ChipEnd, HostEnd, Running } from '../attachment.js';
import type { BootMode } from '../chips/chip-model.js';
import type { Clock } from '../clock.js';
import type { LiveRegister } from '../rom/registers.js';
import type { Speed } from '../speed.js';
import { SerialLine } from '../uart/serial-line.js';
import { BusPresence, type UsbDevice } from './bus-presence.js';
import type { ChipUsbFacts } from './usb-facts.js';
import { usbRegisters } from './usb-registers.js';

/** Full speed carries about 1 MB a second, whatever rate is set. */
const LINE_BAUD_RATE = 8_000_000;

const JTAG_PRODUCT_ID = '1001';

const NO_REGISTERS: ReadonlyMap<number, LiveRegister> = new Map();

export interface NativeUsbParts {
  readonly facts: ChipUsbFacts;
  readonly mac: Uint8Array;
  /** Of the chip, in hundredths. */
  readonly revision: number;
  readonly romBaudRate: number;
  readonly speed: Speed;
  readonly clock: Clock;
  readonly onDevice: (device: UsbDevice | undefined) => void;
  /** Bytes that the computer receives while the device is on the bus. */
  readonly onHostReceive: (bytes: Uint8Array) => void;
}

export abstract class NativeUsb implements Attachment {
  readonly host: HostEnd;
  readonly chip: ChipEnd;
  registers = NO_REGISTERS;
  protected readonly control: ChipControl;
  protected readonly parts: NativeUsbParts;
  protected readonly presence: BusPresence;
  protected running: Running = 'nothing';
  protected bootMode: BootMode = 'flash';
  /** A bit of the chip that survives every reset except power-off. */
  protected isDownloadForced = false;
  protected hostBaudRate = 115200;
  readonly #line: SerialLine;
  #lines: ControlLines = { dtr: false, rts: false };
  #stopWatchdogs: () => void = () => {};

  constructor(control: ChipControl, parts: NativeUsbParts) {
    this.control = control;
    this.parts = parts;
    this.presence = new BusPresence({
      ...parts,
      onDevice: (device) => {
        // An operating system asserts both lines when it opens a device; one that is gone has none.
        if (!device) this.#lines = { dtr: false, rts: false };
        parts.onDevice(device);
      },
    });
    this.#line = new SerialLine({
      clock: parts.clock,
      paced: parts.speed !== 'max',
      hostBaudRate: LINE_BAUD_RATE,
      chipBaudRate: LINE_BAUD_RATE,
      onHostReceive: (bytes) => {
        if (this.presence.isPresent) parts.onHostReceive(bytes);
      },
      onChipReceive: (bytes) => control.receive(bytes),
    });
    this.chip = this.#chipEnd();
    this.host = this.#hostEnd();
  }

  abstract powerOn(): void;
  protected abstract linesChanged(before: ControlLines, lines: ControlLines): void;

  powerOff(): void {
    this.presence.cancelArrival();
  }

  /** The strapping pins have no part in it. */
  latchBootMode(): BootMode {
    return this.bootMode;
  }

  chipRuns(running: Running): void {
    this.running = running;
    if (running === 'nothing') {
      this.#stopWatchdogs();
      this.#line.chipReset(LINE_BAUD_RATE);
    }
    if (running === 'loader' || running === 'stub') this.#startWatchdogs();
  }

  protected get lines(): ControlLines {
    return this.#lines;
  }

  /** The hardware's own device, which the ROM of a chip that has it uses in any case. */
  protected get jtagDevice(): UsbDevice {
    return { productId: JTAG_PRODUCT_ID, serialNumber: this.macDigits.join(':').toUpperCase() };
  }

  protected get macDigits(): string[] {
    return [...this.parts.mac].map((byte) => byte.toString(16).padStart(2, '0'));
  }

  /** Puts bytes of the chip on the bus. */
  protected transmit(bytes: Uint8Array): void {
    this.#line.chip.transmit(bytes);
  }

  #chipEnd(): ChipEnd {
    return {
      baudRate: this.parts.romBaudRate,
      transmit: (bytes) => this.transmit(bytes),
      setBaudRate: () => {},
      switchBaudRate: () => {},
      drained: () => this.#line.chip.drained(),
    };
  }

  #hostEnd(): HostEnd {
    const line = this.#line;
    const baudRate = () => this.hostBaudRate;
    return {
      get baudRate() {
        return baudRate();
      },
      write: (bytes) => line.hostWrite(bytes),
      pending: (pendingBytes) => line.hostPending(pendingBytes),
      discard: () => line.hostDiscard(),
      setBaudRate: (rate) => {
        this.hostBaudRate = rate;
      },
      setLines: (lines) => {
        const before = this.#lines;
        this.#lines = lines;
        this.linesChanged(before, lines);
      },
    };
  }

  /** Over USB-OTG the ROM of a chip that has USB-Serial/JTAG uses that. */
  #romPort(): [number, LiveRegister][] {
    const { facts, revision } = this.parts;
    const number = facts.romProductId === undefined ? facts.romPort?.serialJtag : facts.romPort?.otg;
    const found = facts.romPort?.addresses.find(({ since }) => revision >= since);
    return found && number !== undefined ? [[found.address, { read: () => number }]] : [];
  }

  #startWatchdogs(): void {
    const { facts, clock, speed } = this.parts;
    const { live, stop } = usbRegisters(facts.registers, {
      ...{ clock, speed },
      force: {
        get: () => this.isDownloadForced,
        set: (isForced) => {
          this.isDownloadForced = isForced;
        },
      },
      onBite: () => {
        this.bootMode = this.isDownloadForced ? 'download' : 'flash';
        this.control.boot('watchdog');
      },
    });
    this.registers = new Map([...live, ...this.#romPort()]);
    this.#stopWatchdogs = stop;
  }
}
