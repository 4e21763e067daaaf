// The stub's way of writing flash: blocks are acknowledged first and written afterwards, sectors erased as
// the writing comes to them. Errors are reported with the next command.

import { ERASE_BLOCK_BYTES, type NorFlash, SECTOR_BYTES } from '../../flash/nor-flash.js';
import { STUB_ERROR } from '../stub-errors.js';
import { FlashInflater } from './inflater.js';

const SECTORS_PER_BLOCK = ERASE_BLOCK_BYTES / SECTOR_BYTES;
/** The stub collects this much inflated data before it writes. */
const INFLATE_BUFFER_BYTES = 0x8000;
const ADLER32_BYTES = 4;

/** One write, from BEGIN to END. Sequence numbers are ignored: each block continues after the last one. */
export class FlashWriter {
  readonly #flash: NorFlash;
  readonly #limitBytes: () => number;
  #active = false;
  #nextWrite = 0;
  #remainingBytes = 0;
  #nextEraseSector = 0;
  #remainingEraseSectors = 0;
  #lastError = 0;
  #inflater: FlashInflater | undefined;

  /** @param limitBytes size that the flash was declared to have; writes beyond it fail */
  constructor(flash: NorFlash, limitBytes: () => number) {
    this.#flash = flash;
    this.#limitBytes = limitBytes;
  }

  get active(): boolean {
    return this.#active;
  }

  /** What went wrong with a block so far; 0 = nothing. */
  get lastError(): number {
    return this.#lastError;
  }

  /** @param totalBytes uncompressed bytes to come; neither they nor `address` need be multiples of a sector */
  begin(totalBytes: number, address: number, compressed: boolean): void {
    this.close();
    this.#active = true;
    this.#nextWrite = address;
    this.#remainingBytes = totalBytes;
    this.#nextEraseSector = Math.floor(address / SECTOR_BYTES);
    this.#remainingEraseSectors = Math.ceil(((address % SECTOR_BYTES) + totalBytes) / SECTOR_BYTES);
    this.#lastError = 0;
    if (compressed) this.#inflater = new FlashInflater();
  }

  /** Writes a block of plain data; what exceeds the announced total is padding. */
  async writePlain(block: Uint8Array): Promise<void> {
    const bytes = block.subarray(0, this.#remainingBytes);
    if (bytes.length === 0) return;
    const lastSector = Math.floor((this.#nextWrite + bytes.length) / SECTOR_BYTES);
    while (this.#remainingEraseSectors > 0 && this.#nextEraseSector <= lastSector) await this.#eraseNext();
    if (this.#nextWrite + bytes.length > this.#limitBytes()) this.#lastError = STUB_ERROR.failedSpiOp;
    else await this.#flash.write(this.#nextWrite, bytes);
    this.#nextWrite += bytes.length;
    this.#remainingBytes -= bytes.length;
  }

  /** Inflates a block and writes the result, in buffers of 32 KB. */
  async writeCompressed(block: Uint8Array): Promise<void> {
    if (this.#remainingBytes === 0) {
      // The checksum at the end of the stream may be in a separate block.
      if (block.length > ADLER32_BYTES) this.#lastError = STUB_ERROR.tooMuchData;
      return;
    }
    if (!this.#flash.busy) await this.#eraseNext(); // runs on while the block is inflated
    const inflater = this.#inflater;
    if (inflater === undefined) {
      this.#lastError = STUB_ERROR.inflateError;
      return;
    }
    await inflater.feed(block);
    if (inflater.failed) this.#lastError = STUB_ERROR.inflateError;
    const due = (): boolean =>
      inflater.availableBytes >= INFLATE_BUFFER_BYTES ||
      (inflater.availableBytes > 0 && inflater.availableBytes >= this.#remainingBytes);
    while (this.#remainingBytes > 0 && due()) await this.writePlain(inflater.take(INFLATE_BUFFER_BYTES));
  }

  /** @returns the error of the whole write, 0 = none */
  end(): number {
    if (!this.#active) return STUB_ERROR.notInFlashMode;
    if (this.#remainingBytes > 0) return STUB_ERROR.notEnoughData;
    this.close();
    return this.#lastError;
  }

  /** Ends the current command, as a reset does. */
  close(): void {
    this.#active = false;
    this.#inflater?.close();
    this.#inflater = undefined;
  }

  async #eraseNext(): Promise<void> {
    if (this.#remainingEraseSectors === 0) return;
    const whole = this.#remainingEraseSectors >= SECTORS_PER_BLOCK;
    const sectors = whole && this.#nextEraseSector % SECTORS_PER_BLOCK === 0 ? SECTORS_PER_BLOCK : 1;
    const address = this.#nextEraseSector * SECTOR_BYTES;
    if (sectors === 1) await this.#flash.eraseSector(address);
    else await this.#flash.eraseBlock(address);
    this.#nextEraseSector += sectors;
    this.#remainingEraseSectors -= sectors;
  }
}
