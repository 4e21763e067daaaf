// Frames in and out over the chip's UART. Independent of their content.

import type { BoardUart } from '../../chip-program.js';
import { encodeSlip, SlipDecoder } from './slip.js';

/**
 * Received frames are queued. A loader has two buffers: while one frame is processed, one more
 * can come in. The frame after that goes into the buffer that was not worked on yet, whose frame is lost.
 */
export class SlipLink {
  readonly uart: BoardUart;
  readonly #decoder = new SlipDecoder();
  readonly #frames: Uint8Array[] = [];
  #closed = false;
  #wake: () => void = () => {};

  constructor(uart: BoardUart) {
    this.uart = uart;
  }

  /** Takes bytes from the line. */
  receive(bytes: Uint8Array): void {
    this.#frames.push(...this.#decoder.push(bytes));
    this.#frames.splice(0, this.#frames.length - 1);
    this.#wake();
  }

  /** @returns the next frame, or undefined once the link is closed */
  async nextFrame(): Promise<Uint8Array | undefined> {
    while (!this.#closed && this.#frames.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#closed ? undefined : this.#frames.shift();
  }

  send(payload: Uint8Array): void {
    if (!this.#closed) this.uart.transmit(encodeSlip(payload));
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }
}
