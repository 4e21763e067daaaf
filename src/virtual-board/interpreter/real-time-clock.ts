// The chip's RTC: a clock that begins in 2000 and a little memory. Both are kept at a soft reset, and lost at a hard reset.

/** Seconds from 1970 to 2000, where the clocks of Espressif's ports begin. */
export const EPOCH_2000_S = 946_684_800;

export class RealTimeClock {
  memory: Uint8Array = new Uint8Array();
  #aheadUs = 0;

  /** Microseconds since 2000. */
  get nowUs(): number {
    return Math.floor(performance.now() * 1000) + this.#aheadUs;
  }

  set nowUs(us: number) {
    this.#aheadUs = Math.floor(us - performance.now() * 1000);
  }

  /** Seconds since 1970, for the files of this computer. */
  get unixS(): number {
    return EPOCH_2000_S + this.nowUs / 1_000_000;
  }
}
