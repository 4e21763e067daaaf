// NOR flash: erased to ones by the sector, programmed to zeros by the page, each in its time.
// Knows nothing of images, filesystems or protocols.

import type { Clock } from '../clock.js';
import { FlashFile } from './flash-file.js';

export const SECTOR_BYTES = 0x1000;
export const BLOCK_BYTES = 0x10000;
const PAGE_BYTES = 0x100;
const ERASED = 0xff;
const SMALLEST_BYTES = 512 * 1024;
const LARGEST_BYTES = 16 * 1024 * 1024;
const MAX_TIMER_LATENESS_MS = 3;
/** Block protection of all blocks, in the status register. */
const ALL_PROTECTED = 0b11100;
const WORN_BYTES = 16;

/** Whether there are flash chips of this size on boards: a power of two from 512 KB to 16 MB. */
export function isFlashSize(sizeBytes: number): boolean {
  return sizeBytes >= SMALLEST_BYTES && sizeBytes <= LARGEST_BYTES && Number.isInteger(Math.log2(sizeBytes));
}

/** How long the chip is busy. */
export interface FlashTiming {
  readonly sectorEraseMs: number;
  readonly blockEraseMs: number;
  readonly chipEraseMsPerMegabyte: number;
  readonly pageProgramMs: number;
}

/** Typical figures of a Winbond W25Q32's datasheet. */
export const TYPICAL_FLASH_TIMING: FlashTiming = {
  sectorEraseMs: 45,
  blockEraseMs: 150,
  chipEraseMsPerMegabyte: 2500,
  pageProgramMs: 0.7,
};

/** For tests that are not about time. */
export const NO_FLASH_TIMING: FlashTiming = {
  sectorEraseMs: 0,
  blockEraseMs: 0,
  chipEraseMsPerMegabyte: 0,
  pageProgramMs: 0,
};

/** The program that waited for the flash was stopped. */
export class FlashInterrupted extends Error {
  override readonly name = 'FlashInterrupted';
}

interface NorFlashOptions {
  /** File that holds the contents. */
  readonly path: string;
  /** A power of two from 512 KB to 16 MB. */
  readonly sizeBytes: number;
  readonly timing: FlashTiming;
  readonly clock: Clock;
  /** `protected`: nothing changes it. A number: the cells at this address read as zeros. */
  readonly fault?: 'protected' | number | undefined;
  /** Called after each erase or write with the range that it changed. */
  readonly onChange?: (address: number, lengthBytes: number) => void;
}

/**
 * The flash chip. An operation starts as soon as the one before has ended, changes contents and file at
 * once, and leaves the chip busy for its time: the caller may do something else meanwhile. Addresses beyond
 * the end wrap around, for the chip does not look at the upper address bits.
 */
export class NorFlash {
  readonly sizeBytes: number;
  readonly #options: NorFlashOptions;
  readonly #file: FlashFile;
  readonly #contents: Uint8Array;
  readonly #waiting = new Set<() => void>();
  #busyUntilMs = 0;

  /** @throws RangeError for a size that no board has */
  constructor(options: NorFlashOptions) {
    const { sizeBytes } = options;
    if (!isFlashSize(sizeBytes)) {
      throw new RangeError(`A flash has 512 KB to 16 MB, a power of two; not ${sizeBytes} bytes.`);
    }
    this.#options = options;
    this.sizeBytes = sizeBytes;
    this.#file = new FlashFile(options.path);
    this.#contents = new Uint8Array(sizeBytes);
    this.#file.load(this.#contents);
  }

  /** Copies a range, whether the chip is busy or not (for the board's own use; loaders wait for `ready`). */
  read(address: number, lengthBytes: number): Uint8Array {
    const out = new Uint8Array(lengthBytes);
    for (let done = 0; done < lengthBytes; ) {
      const start = (address + done) % this.sizeBytes;
      const part = this.#contents.subarray(start, start + lengthBytes - done);
      out.set(part, done);
      done += part.length;
    }
    return out;
  }

  /** Status register, as the flash tells it while it is not busy. */
  get status(): number {
    return this.#options.fault === 'protected' ? ALL_PROTECTED : 0;
  }

  /** Programs bytes: bits go from one to zero, never back. */
  async write(address: number, bytes: Uint8Array): Promise<void> {
    await this.ready();
    for (let done = 0; done < bytes.length; ) {
      const start = (address + done) % this.sizeBytes;
      const part = bytes.subarray(done, done + this.sizeBytes - start);
      if (this.#options.fault !== 'protected') this.#program(start, part);
      done += part.length;
    }
    const pages = Math.ceil(((address % PAGE_BYTES) + bytes.length) / PAGE_BYTES);
    this.#busyFor(pages * this.#options.timing.pageProgramMs);
  }

  #program(start: number, bytes: Uint8Array): void {
    const contents = this.#contents;
    for (let index = 0; index < bytes.length; index++) {
      contents[start + index] = (contents[start + index] ?? ERASED) & (bytes[index] ?? ERASED);
    }
    const { fault } = this.#options;
    if (typeof fault === 'number' && fault >= start && fault < start + bytes.length) {
      contents.fill(0, fault, fault + WORN_BYTES);
    }
    this.#file.store(start, contents.subarray(start, start + bytes.length));
    this.#options.onChange?.(start, bytes.length);
  }

  /** Erases the 4 KB sector that the address lies in. */
  async eraseSector(address: number): Promise<void> {
    await this.#erase(address, SECTOR_BYTES, this.#options.timing.sectorEraseMs);
  }

  /** Erases the 64 KB block that the address lies in. */
  async eraseBlock(address: number): Promise<void> {
    await this.#erase(address, BLOCK_BYTES, this.#options.timing.blockEraseMs);
  }

  /** Erases everything. */
  async eraseChip(): Promise<void> {
    const megabytes = this.sizeBytes / (1024 * 1024);
    await this.#erase(0, this.sizeBytes, megabytes * this.#options.timing.chipEraseMsPerMegabyte);
  }

  /** Whether an operation is still going on. */
  get busy(): boolean {
    return this.#busyUntilMs > this.#options.clock.nowMs();
  }

  /**
   * Resolves when no operation is going on.
   *
   * @throws FlashInterrupted when whoever waits is gone before that
   */
  async ready(): Promise<void> {
    while (this.busy) {
      await new Promise<void>((resolve, reject) => {
        const settle = (action: () => void) => () => {
          cancelTimer();
          this.#waiting.delete(interrupt);
          action();
        };
        const interrupt = settle(() => reject(new FlashInterrupted()));
        const cancelTimer = this.#options.clock.setTimer(
          settle(resolve),
          this.#busyUntilMs - this.#options.clock.nowMs(),
        );
        this.#waiting.add(interrupt);
      });
    }
  }

  /** The chip was reset: whoever waits for the flash stops waiting. What the flash had begun goes on. */
  interrupt(): void {
    for (const interrupt of this.#waiting) interrupt();
  }

  /** Closes the file; the flash is not to be used afterwards. */
  close(): void {
    this.#file.close();
  }

  async #erase(address: number, unitBytes: number, durationMs: number): Promise<void> {
    await this.ready();
    if (this.#options.fault !== 'protected') {
      const start = Math.floor((address % this.sizeBytes) / unitBytes) * unitBytes;
      this.#contents.fill(ERASED, start, start + unitBytes);
      this.#file.erase(start, unitBytes);
      this.#options.onChange?.(start, unitBytes);
    }
    this.#busyFor(durationMs);
  }

  /** From the end of the operation before, so that timers that fire late do not add up. */
  #busyFor(durationMs: number): void {
    const nowMs = this.#options.clock.nowMs();
    const previousEndMs = nowMs - this.#busyUntilMs < MAX_TIMER_LATENESS_MS ? this.#busyUntilMs : nowMs;
    this.#busyUntilMs = previousEndMs + durationMs;
  }
}
