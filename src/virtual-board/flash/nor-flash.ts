// NOR flash: erased to ones by the sector, programmed to zeros by the page, each in its time.
// Independent of images, filesystems and protocols.

import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { FlashFile } from './flash-file.js';

export const SECTOR_BYTES = 0x1000;
export const ERASE_BLOCK_BYTES = 0x10000;
const PAGE_BYTES = 0x100;
const ERASED = 0xff;
const SMALLEST_BYTES = 512 * 1024;
const LARGEST_BYTES = 16 * 1024 * 1024;
const MAX_TIMER_LATENESS_MS = 3;
/** Block protection of all blocks, in the first status register; its bit 1 allows one write of the registers. */
const ALL_PROTECTED = 0b11100;
const WRITE_ENABLED = 0b10;
/** Quad mode, in the second status register. */
const QUAD_ENABLED = 0b10;
const WORN_BYTES = 16;
/** Winbond W25Qxx: maker, type; the third byte is the base-2 logarithm of the size. */
const MAKER_AND_TYPE = 0x40ef;
const UNKNOWN_SIZE_CODE = 0xf0;

/** `missing`: no chip answers. `unknown-size`: its id has a size code that no flasher knows. `protected`: nothing changes it. */
export type FlashFault = 'missing' | 'unknown-size' | 'protected';

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
  /** What a loader on the chip takes to read a megabyte and hash it. */
  readonly digestMsPerMegabyte: number;
}

/** Typical figures of a Winbond W25Q32's datasheet; that of the digest is an estimate, a tenth of esptool's timeout. */
export const TYPICAL_FLASH_TIMING: FlashTiming = {
  sectorEraseMs: 45,
  blockEraseMs: 150,
  chipEraseMsPerMegabyte: 2500,
  pageProgramMs: 0.7,
  digestMsPerMegabyte: 800,
};

/** @param timesSlower than the typical chip; 0: it takes no time */
export function flashTiming(timesSlower: number): FlashTiming {
  const { sectorEraseMs, blockEraseMs, chipEraseMsPerMegabyte, pageProgramMs, digestMsPerMegabyte } =
    TYPICAL_FLASH_TIMING;
  return {
    sectorEraseMs: sectorEraseMs * timesSlower,
    blockEraseMs: blockEraseMs * timesSlower,
    chipEraseMsPerMegabyte: chipEraseMsPerMegabyte * timesSlower,
    pageProgramMs: pageProgramMs * timesSlower,
    digestMsPerMegabyte: digestMsPerMegabyte * timesSlower,
  };
}

/** Contents of flashes that were closed: megabytes for each board that is opened make V8 collect garbage all the time. */
const spare: Uint8Array[] = [];
const MOST_SPARE = 4;

/** With anything in it. */
function takeMemory(sizeBytes: number): Uint8Array {
  const at = spare.findIndex(({ length }) => length === sizeBytes);
  return at === -1 ? new Uint8Array(sizeBytes) : (spare.splice(at, 1)[0] as Uint8Array);
}

/** The program that waited for the flash was stopped. */
export class FlashInterrupted extends Error {
  override readonly name = 'FlashInterrupted';
}

interface Range {
  readonly address: number;
  readonly sizeBytes: number;
}

interface NorFlashOptions {
  /** File with the contents. */
  readonly path: string;
  /** A power of two from 512 KB to 16 MB. */
  readonly sizeBytes: number;
  readonly timing: FlashTiming;
  readonly clock: Clock;
  /** A number: the cells at this address read as zeros. */
  readonly fault?: FlashFault | number | undefined;
  /** Called after each erase or write with the range that it changed. */
  readonly onChange?: (address: number, lengthBytes: number) => void;
}

/**
 * The flash chip. An operation starts as soon as the one before has ended, changes contents and file at
 * once, and leaves the chip busy for its time: the caller may do something else meanwhile. Addresses beyond
 * the end wrap around, because the chip ignores the upper address bits.
 */
export class NorFlash {
  readonly sizeBytes: number;
  /** Without power nothing drives its data line, which reads as ones, and nothing is written. */
  isPowered = true;
  readonly #options: NorFlashOptions;
  readonly #file: FlashFile;
  #contents: Uint8Array;
  readonly #waiting = new Set<() => void>();
  #busyUntilMs = 0;
  #status: [number, number];
  #mayWriteStatus = false;

  /** @throws RangeError for a size that no board has */
  constructor(options: NorFlashOptions) {
    const { sizeBytes } = options;
    if (!isFlashSize(sizeBytes)) {
      throw new RangeError(`A flash has 512 KB to 16 MB, a power of two; not ${sizeBytes} bytes.`);
    }
    this.#options = options;
    this.sizeBytes = sizeBytes;
    this.#status = [options.fault === 'protected' ? ALL_PROTECTED : 0, QUAD_ENABLED];
    this.#file = new FlashFile(options.path);
    this.#contents = takeMemory(sizeBytes);
    this.#file.load(this.#contents);
  }

  /** The answer to READ ID as the controller stores it, such as 0x1640ef for 4 MB. */
  get id(): number {
    if (!this.#answers) return 0xffffff;
    const sizeCode = this.#options.fault === 'unknown-size' ? UNKNOWN_SIZE_CODE : Math.log2(this.sizeBytes);
    return (sizeCode << 16) | MAKER_AND_TYPE;
  }

  /** Copies a range, also while the chip is busy (for the board itself; loaders wait for `ready`). */
  read(address: number, lengthBytes: number): Uint8Array {
    const out = new Uint8Array(lengthBytes).fill(ERASED);
    for (let done = this.#answers ? 0 : lengthBytes; done < lengthBytes; ) {
      const start = (address + done) % this.sizeBytes;
      const part = this.#contents.subarray(start, start + lengthBytes - done);
      out.set(part, done);
      done += part.length;
    }
    return out;
  }

  /** The contents of a range as the board's own firmware has them mapped; not a copy. */
  view({ address, sizeBytes }: Range): Uint8Array {
    return this.#contents.subarray(address, address + sizeBytes);
  }

  /** What the firmware writes to its filesystem: sets a range to these bytes and erased ones. Takes no time. */
  replace({ address, sizeBytes }: Range, bytes: Uint8Array): void {
    this.#contents.fill(ERASED, address, address + sizeBytes).set(bytes, address);
    this.#file.erase(address + bytes.length, sizeBytes - bytes.length);
    this.#file.store(address, bytes);
  }

  /** Status registers 1 and 2, while the flash is not busy. */
  get status(): readonly [number, number] {
    if (!this.#answers) return [ERASED, ERASED];
    return [this.#status[0] | (this.#mayWriteStatus ? WRITE_ENABLED : 0), this.#status[1]];
  }

  /** Allows one write of the status registers. */
  enableWrite(): void {
    this.#mayWriteStatus = true;
  }

  /** @param values the second one is cleared when it is left out, as older chips do */
  writeStatus(values: readonly [number, number]): void {
    if (this.#mayWriteStatus) this.#status = [values[0] & ALL_PROTECTED, values[1]];
    this.#mayWriteStatus = false;
  }

  /** Otherwise its lines float, and read as ones. */
  get #answers(): boolean {
    return this.isPowered && this.#options.fault !== 'missing';
  }

  get #takesWrites(): boolean {
    return this.#answers && (this.#status[0] & ALL_PROTECTED) === 0;
  }

  /** Reads and hashes a range, which takes a loader its time. */
  async md5(address: number, lengthBytes: number): Promise<Buffer> {
    await this.ready();
    this.#busyFor((lengthBytes / (1024 * 1024)) * this.#options.timing.digestMsPerMegabyte);
    await this.ready();
    return createHash('md5').update(this.read(address, lengthBytes)).digest();
  }

  /** Programs bytes: bits go from one to zero, never back. */
  async write(address: number, bytes: Uint8Array): Promise<void> {
    await this.ready();
    for (let done = 0; done < bytes.length; ) {
      const start = (address + done) % this.sizeBytes;
      const part = bytes.subarray(done, done + this.sizeBytes - start);
      if (this.#takesWrites) this.#program(start, part);
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
    await this.#erase(address, ERASE_BLOCK_BYTES, this.#options.timing.blockEraseMs);
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
   * @throws FlashInterrupted if the chip is reset before that
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

  /** The chip was reset: waits for the flash end. The flash completes its operation. */
  interrupt(): void {
    for (const interrupt of this.#waiting) interrupt();
  }

  /** Closes the file; the flash is not to be used afterwards. */
  close(): void {
    this.#file.close();
    spare.push(this.#contents);
    spare.splice(0, spare.length - MOST_SPARE);
    this.#contents = new Uint8Array(); // an operation that still waits changes nothing
  }

  async #erase(address: number, unitBytes: number, durationMs: number): Promise<void> {
    await this.ready();
    if (this.#takesWrites) {
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
