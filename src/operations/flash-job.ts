// One image on its way to one board: each call to `write` is an attempt from the reset to the verified flash.

import type { FirmwareImage, FlashMode } from '../device/firmware-image.js';
import { changedSectors, firstDifference, inspectFlash, md5 } from '../device/flash-contents.js';
import { forBoard } from '../device/image-header.js';
import type { ChipLoader, FlashWrite, Start } from '../device/loader.js';
import { PortalError } from '../errors.js';
import type { ChipEvent, OnProgress } from '../progress.js';
import type { Port } from '../serial/port.js';

/** MicroPython's REPL and log speak at this rate. */
const REPL_BAUD_RATE = 115200;

/** What a loader has found out about the board. */
interface FoundChip {
  /** `ESP8266`, `ESP32`, `ESP32-S3`… */
  readonly family: string;
  /** As the ROM names it, e.g. `ESP32-D0WD-V3 (revision 3)`. */
  readonly chip: string;
  /** 0 when the flash chip does not tell. */
  readonly flashSizeBytes: number;
}

/** Gets the image for a chip. */
export type FirmwareFor = (found: FoundChip) => Promise<FirmwareImage>;

export interface FlashJobOptions {
  firmware: FirmwareImage | FirmwareFor;
  erase?: boolean | undefined;
  keepFiles?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/** An attempt that went well. */
export interface Written {
  readonly chip: ChipEvent;
  readonly image: FirmwareImage;
  readonly skipped: boolean;
  /** No MicroPython was on this board before, so that nothing says that one can start in this flash mode. */
  readonly isFirst: boolean;
  readonly baudRate: number;
  /** How the firmware is started. */
  readonly start: Start;
}

/** What an attempt leaves behind when it ends here. */
type BoardState = 'untouched' | 'erasing' | 'writing' | 'written';

const ENDINGS_THAT_LEAVE_A_STATE: readonly string[] = ['port-lost', 'interrupted', 'flash-failed'];

export class FlashJob {
  /** Instead of the image's own, from now on. */
  flashMode: FlashMode | undefined;
  readonly #port: Port;
  readonly #options: FlashJobOptions;
  readonly #onProgress: OnProgress;
  #image: FirmwareImage | undefined;
  #state: BoardState = 'untouched';
  #percent = 0;
  #hasErased = false;
  /** What an earlier attempt wrote and verified. */
  #verified: Uint8Array | undefined;

  constructor(port: Port, options: FlashJobOptions) {
    this.#port = port;
    this.#options = options;
    this.#onProgress = options.onProgress ?? (() => {});
    if (typeof options.firmware !== 'function') this.#image = options.firmware;
  }

  /**
   * @param baudRate bits a second while writing
   * @throws PortalError as `flash`
   */
  async write(baudRate: number): Promise<Written> {
    const { ChipLoader } = await import('../device/loader.js');
    this.#step('enter-loader');
    const { signal } = this.#options;
    const loader = await ChipLoader.connect(this.#port, { fastBaudRate: baudRate, signal });
    try {
      if (this.#image) checkFamily(loader.family, this.#image);
      this.#step('load-stub');
      const chip = await loader.prepare(baudRate);
      this.#onProgress(chip);
      const image = await this.#imageFor(loader.family, chip);
      const filled = await this.#fill(loader, image, chip);
      this.#step('restart');
      return { chip, image, ...filled, baudRate, start: await loader.restart(REPL_BAUD_RATE) };
    } catch (error) {
      await loader.restart(REPL_BAUD_RATE).catch(() => {}); // a board left in its loader looks dead
      throw error;
    }
  }

  async #imageFor(family: string, { chip, flashSizeBytes }: ChipEvent): Promise<FirmwareImage> {
    const { firmware } = this.#options;
    if (!this.#image && typeof firmware === 'function') {
      this.#image = await firmware({ family, chip, flashSizeBytes });
      checkFamily(family, this.#image);
    }
    if (!this.#image) throw new Error('no image');
    checkSize(flashSizeBytes, this.#image);
    return this.#image;
  }

  async #fill(
    loader: ChipLoader,
    image: FirmwareImage,
    { flashSizeBytes }: ChipEvent,
  ): Promise<Pick<Written, 'skipped' | 'isFirst'>> {
    const { compressForFlash } = await import('../device/loader.js');
    let bytes = forBoard(image, flashSizeBytes, this.flashMode);
    if (this.#verified) {
      const { start, end } = changedSectors(this.#verified, bytes);
      await this.#writeAll(loader, image.offset + start, await compressForFlash(bytes.subarray(start, end)));
      await this.#verify(loader, image.offset, bytes);
      return { skipped: false, isFirst: true };
    }
    const compressing = compressForFlash(bytes); // while the board is asked what it holds
    compressing.catch(() => {});
    const { contents, flashMode } = await inspectFlash(loader, image, (mode) =>
      forBoard(image, flashSizeBytes, mode ?? this.flashMode),
    );
    this.#onProgress({ event: 'contents', contents });
    const { erase = false, keepFiles = false } = this.#options;
    const mustErase = erase && !this.#hasErased;
    if (contents === 'same' && !mustErase) {
      // Put there by an earlier run that had to try several, or by somebody who knows the board.
      this.flashMode = flashMode;
      bytes = forBoard(image, flashSizeBytes, flashMode);
      this.#state = 'written';
      this.#verified = bytes;
      return { skipped: true, isFirst: false };
    }
    const isForeign = contents === 'other' || contents === 'other-layout';
    if (mustErase || (isForeign && !keepFiles)) {
      this.#state = 'erasing';
      this.#step('erase');
      await loader.eraseAll();
      this.#hasErased = true;
    }
    await this.#writeAll(loader, image.offset, await compressing);
    await this.#verify(loader, image.offset, bytes);
    return { skipped: false, isFirst: this.#hasErased || contents !== 'micropython' };
  }

  async #writeAll(loader: ChipLoader, address: number, write: FlashWrite): Promise<void> {
    this.#step('write');
    this.#state = 'writing';
    const startedAt = performance.now();
    await loader.write(address, write, (doneBytes, totalBytes) => {
      this.#percent = Math.floor((100 * doneBytes) / totalBytes);
      const bytesPerSecond = Math.round((1000 * doneBytes) / (performance.now() - startedAt));
      const secondsLeft = Math.ceil((totalBytes - doneBytes) / bytesPerSecond);
      this.#onProgress({ event: 'bytes', step: 'write', doneBytes, totalBytes, bytesPerSecond, secondsLeft });
    });
  }

  async #verify(loader: ChipLoader, address: number, bytes: Uint8Array): Promise<void> {
    this.#step('verify');
    if ((await loader.md5(address, bytes.length)) === md5(bytes)) {
      this.#state = 'written';
      this.#verified = bytes;
      return;
    }
    if (await loader.isWriteProtected()) {
      throw new PortalError('flash-mismatch', 'The flash chip is write-protected: it kept nothing.', {
        cause: 'write-protected',
      });
    }
    const differs = await firstDifference(loader, address, bytes);
    throw new PortalError(
      'flash-mismatch',
      `The flash differs from the image from the sector at 0x${differs.toString(16).padStart(6, '0')} on.`,
    );
  }

  /** An error with what it means for the board, where that is not clear by itself. */
  withState(error: unknown): unknown {
    if (!(error instanceof PortalError) || !ENDINGS_THAT_LEAVE_A_STATE.includes(error.code)) return error;
    return new PortalError(error.code, `${error.message} ${this.#describeState()}`, { cause: error.cause });
  }

  #describeState(): string {
    switch (this.#state) {
      case 'untouched':
        return 'Nothing on the board was changed.';
      case 'erasing':
        return 'Its flash was being erased: it has no firmware until this command has run to its end.';
      case 'writing':
        return `Its firmware is incomplete (${this.#percent} % written): it starts again once this command has run to its end.`;
      case 'written':
        return 'Its firmware is complete and verified.';
    }
  }

  #step(step: 'enter-loader' | 'load-stub' | 'erase' | 'write' | 'verify' | 'restart'): void {
    this.#onProgress({ event: 'step', step });
  }
}

function checkFamily(family: string, { chip }: FirmwareImage): void {
  if (family === chip) return;
  throw new PortalError('firmware-wrong-chip', `The board is an ${family}, the image is for an ${chip}.`);
}

function checkSize(flashSizeBytes: number, { neededFlashBytes }: FirmwareImage): void {
  if (flashSizeBytes === 0 || neededFlashBytes <= flashSizeBytes) return;
  throw new PortalError(
    'firmware-too-large',
    `The image needs ${neededFlashBytes} bytes, the flash of this board has ${flashSizeBytes}.`,
  );
}
