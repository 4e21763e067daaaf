// Bytes that a UART receives at a wrong baud rate: it samples the wire at the wrong times. Independent of the timing of
// bytes.

const BITS_PER_FRAME = 10; // start, 8 data bits from the lowest, stop

/** Rates closer than this are received without errors: half a bit over ten, shared by both sides. */
const TOLERANCE = 0.03;

/** @returns whether a receiver at one rate reads a sender at the other */
export function ratesMatch(senderRate: number, receiverRate: number): boolean {
  return Math.abs(senderRate / receiverRate - 1) <= TOLERANCE;
}

/**
 * A receiver that listens at the wrong rate. Time is counted in bits of the sender, so that the outcome
 * depends on the bytes and the two rates alone. A frame without a stop bit is delivered all the same, as
 * operating systems do by default.
 */
export class BitSampler {
  #previousLevel = 1;
  /** Sender bits from the start of the current level to the next sample; undefined while no frame is open. */
  #untilSample: number | undefined;
  #sampleIndex = 0;
  #byte = 0;

  /**
   * @param bytes what goes over the wire, back to back
   * @param bitRatio sender's rate ÷ receiver's rate: how many sender bits a receiver bit lasts
   * @returns the bytes at the receiver
   */
  push(bytes: Uint8Array, bitRatio: number): Uint8Array {
    const received: number[] = [];
    for (const byte of bytes) {
      const frame = (byte << 1) | 0x200;
      for (let bit = 0; bit < BITS_PER_FRAME; bit++) this.#level((frame >> bit) & 1, 1, bitRatio, received);
    }
    return Uint8Array.from(received);
  }

  /** The line stays high until a frame that is open has ended. */
  idle(bitRatio: number): Uint8Array {
    const received: number[] = [];
    this.#level(1, BITS_PER_FRAME * bitRatio, bitRatio, received);
    return Uint8Array.from(received);
  }

  #level(level: number, duration: number, bitRatio: number, received: number[]): void {
    if (this.#untilSample === undefined && this.#previousLevel === 1 && level === 0) {
      this.#untilSample = bitRatio / 2;
      this.#sampleIndex = 0;
      this.#byte = 0;
    }
    this.#previousLevel = level;
    while (this.#untilSample !== undefined && this.#untilSample < duration) {
      this.#sample(level, received);
      if (this.#untilSample !== undefined) this.#untilSample += bitRatio;
    }
    if (this.#untilSample !== undefined) this.#untilSample -= duration;
  }

  #sample(level: number, received: number[]): void {
    if (this.#sampleIndex === 0 && level === 1) {
      this.#untilSample = undefined; // too short for a start bit: a glitch
      return;
    }
    if (this.#sampleIndex >= 1 && this.#sampleIndex <= 8) this.#byte |= level << (this.#sampleIndex - 1);
    if (this.#sampleIndex === BITS_PER_FRAME - 1) {
      received.push(this.#byte);
      this.#untilSample = undefined;
      return;
    }
    this.#sampleIndex++;
  }
}
