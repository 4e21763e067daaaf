// The serial line between host and chip: a lane each way and a baud rate at each end.

import type { ChipEnd } from '../attachment.js';
import type { Clock } from '../clock.js';
import { UartLane } from './lane.js';

interface SerialLineOptions {
  readonly clock: Clock;
  /** Whether bytes take ten bit times each, or no time. */
  readonly paced: boolean;
  readonly hostBaudRate: number;
  readonly chipBaudRate: number;
  /** Bytes received by the host's adapter. */
  readonly onHostReceive: (bytes: Uint8Array) => void;
  /** Bytes received by the chip. */
  readonly onChipReceive: (bytes: Uint8Array) => void;
}

/** Both ends of the line. Different baud rates give reproducible noise. */
export class SerialLine {
  /** The chip's end. */
  readonly chip: ChipEnd;
  readonly #toChip: UartLane;
  readonly #toHost: UartLane;
  #hostBaudRate: number;
  #chipBaudRate: number;
  #autobaud = false;

  constructor(options: SerialLineOptions) {
    this.#hostBaudRate = options.hostBaudRate;
    this.#chipBaudRate = options.chipBaudRate;
    const { clock, paced } = options;
    this.#toChip = new UartLane({
      clock,
      paced,
      senderRate: () => this.#hostBaudRate,
      receiverRate: () => this.#chipRateForInput(),
      deliver: options.onChipReceive,
    });
    this.#toHost = new UartLane({
      clock,
      paced,
      senderRate: () => this.#chipBaudRate,
      receiverRate: () => this.#hostBaudRate,
      deliver: options.onHostReceive,
    });
    const chipRate = () => this.#chipBaudRate;
    this.chip = {
      get baudRate() {
        return chipRate();
      },
      transmit: (bytes) => this.#toHost.send(bytes),
      setBaudRate: (baudRate) => this.#toHost.sendThen(() => this.#setChipBaudRate(baudRate)),
      switchBaudRate: (baudRate, dropsUnsent) => {
        if (dropsUnsent) this.#toHost.discard();
        this.#setChipBaudRate(baudRate);
      },
      drained: () => this.#toHost.whenPending(0),
    };
  }

  get hostBaudRate(): number {
    return this.#hostBaudRate;
  }

  /** Sends bytes to the chip at the host's rate. */
  hostWrite(bytes: Uint8Array): void {
    this.#toChip.send(bytes);
  }

  /** Resolves when no more than `pendingBytes` of the host's bytes have still to leave. */
  hostPending(pendingBytes: number): Promise<void> {
    return this.#toChip.whenPending(pendingBytes);
  }

  /** Changes the host's rate at once; bytes that wait go at the new rate. */
  setHostBaudRate(baudRate: number): void {
    this.#hostBaudRate = baudRate;
    this.#toChip.rateChanged();
  }

  /** Forgets what the host wrote and what has not left it. */
  hostDiscard(): void {
    this.#toChip.discard();
  }

  /** The chip lost power or is in reset: unsent bytes are lost. */
  chipReset(baudRate: number): void {
    this.#toHost.discard();
    this.#autobaud = false;
    this.#setChipBaudRate(baudRate);
  }

  /** The chip measures the next bytes that come in and takes on their rate, as the ROM loader does. */
  matchNextInput(): void {
    this.#autobaud = true;
  }

  #chipRateForInput(): number {
    if (this.#autobaud) {
      this.#autobaud = false;
      this.#setChipBaudRate(this.#hostBaudRate);
    }
    return this.#chipBaudRate;
  }

  #setChipBaudRate(baudRate: number): void {
    this.#chipBaudRate = baudRate;
    this.#toHost.rateChanged();
  }
}
