// One image on its way to one board: each call to `write` is an attempt from the reset to the verified flash.

import { PortalError, withBoardState } from '../../errors.js';
import type { Compression } from '../../esp/compression.js';
import {
  changedSectors,
  type FlashContents,
  firstDifference,
  inspectFlash,
  md5,
} from '../../esp/flash-contents.js';
import type { FirmwareImage, FlashMode } from '../../esp/image/firmware-image.js';
import { forBoard, type HeaderSettings, readHeader, usualHeaderSize } from '../../esp/image/header.js';
import type { ChipLoader, Start } from '../../esp/loader.js';
import type { Port } from '../../port/port.js';
import { bytesEvent, type ChipEvent, type OnProgress, type Step } from '../../progress.js';
import { saveFlash } from '../backup/save-flash.js';
import { isFree, type NewFilesystem, writeFilesystem } from './files-in-flash.js';
import { type FilesPlan, planFilesOf } from './files-of-image.js';
import { checkChip, checkHeaderSize, checkSize } from './flash-checks.js';
import type { FlashJobOptions } from './flash-job-options.js';
import { type FlashPlan, planFlash } from './flash-plan.js';
import { type BoardState, describeState } from './flash-state.js';

/** Baud rate of MicroPython's REPL and log. */
const REPL_BAUD_RATE = 115200;

/** What was done to the flash, or would be. */
interface ProgramResult {
  readonly plan: FlashPlan;
  /** The board had no MicroPython before, so this flash mode may not work. */
  readonly isFirst: boolean;
}

/** An attempt that went well. */
export interface Written extends ProgramResult {
  readonly chip: ChipEvent;
  readonly image: FirmwareImage;
  readonly baudRate: number;
  /** How the firmware is started. */
  readonly start: Start;
}

export class FlashJob {
  /** Instead of the image's own, from now on. */
  flashMode: FlashMode | undefined;
  #headerFlashBytes: number | undefined;
  readonly #port: Port;
  readonly #options: FlashJobOptions;
  readonly #onProgress: OnProgress;
  #image: FirmwareImage | undefined;
  #state: BoardState = 'untouched';
  #percent = 0;
  /** In any attempt. */
  #hasErased = false;
  #isOffered = false;
  /** What an earlier attempt wrote and verified. */
  #verified: Uint8Array | undefined;
  /** Sent for the filesystem that was written and verified, if one was. */
  filesSentBytes: number | undefined;
  /** For files that came with the image, unless those of the board are kept. */
  filesPlan: FilesPlan | undefined;

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
    const { ChipLoader } = await import('../../esp/loader.js');
    this.#step('enter-loader');
    const { resetSequence, signal } = this.#options;
    const options = { fastBaudRate: baudRate, resetSequence, signal };
    const loader = await ChipLoader.connect(this.#port, options);
    try {
      if (this.#image) checkChip(loader, this.#image);
      this.#step('load-stub');
      const chip = await loader.prepare(baudRate);
      this.#onProgress(chip);
      const image = await this.#imageFor(loader, chip);
      await this.#options.onChip?.(chip);
      const filled = await (this.#verified
        ? this.#changeMode(loader, image, this.#verified)
        : this.#fill(loader, image, chip));
      this.#step('restart');
      return { chip, image, ...filled, baudRate, start: await loader.restart(REPL_BAUD_RATE) };
    } catch (error) {
      await loader.restart(REPL_BAUD_RATE).catch(() => {}); // a board in its loader does not respond to users
      throw error;
    }
  }

  async #imageFor(loader: ChipLoader, { flashSizeBytes }: ChipEvent): Promise<FirmwareImage> {
    const { firmware } = this.#options;
    if (!this.#image && typeof firmware === 'function') {
      const { family, revision } = loader;
      const hasOctalPsram = await loader.hasOctalPsram();
      this.#image = await firmware({ family, revision, flashSizeBytes, hasOctalPsram });
      checkChip(loader, this.#image);
    }
    if (!this.#image) throw new Error('no image');
    checkSize(flashSizeBytes, this.#image);
    checkHeaderSize(this.#options.headerFlashBytes, flashSizeBytes, this.#image);
    return this.#image;
  }

  /** Examines the flash, plans, and writes. */
  async #fill(loader: ChipLoader, image: FirmwareImage, chip: ChipEvent): Promise<ProgramResult> {
    const { flashSizeBytes } = chip;
    const { dryRun = false, erase = false, keepFiles = false, signal } = this.#options;
    const planned = this.#planHeader(image, flashSizeBytes);
    // While the board is read.
    using asPlanned = dryRun ? undefined : await compress(forBoard(image, planned), signal);
    const isSizeGiven = this.#options.headerFlashBytes !== undefined || this.#bringsFiles(image);
    const { contents, settings } = await inspectFlash(loader, {
      image,
      settings: planned,
      keepableSizeBytes: isSizeGiven ? undefined : flashSizeBytes,
      flashSizeBytes,
    });
    this.#onProgress({ event: 'contents', contents });
    const usedBytes = Math.min(flashSizeBytes, planned.flashSizeBytes ?? flashSizeBytes);
    const own = this.#bringsFiles(image) ? await planFilesOf(image, loader, usedBytes) : undefined;
    const replacesFiles = own?.plan === 'replace';
    const plan = planFlash(contents, { erase: erase && !this.#hasErased, keepFiles, replacesFiles });
    if (own) this.filesPlan = plan === 'erase-and-write' ? 'replace' : own.plan;
    // Set by an earlier run that tried several modes, or by the user.
    if (plan === 'nothing') this.flashMode = settings.flashMode;
    const { flashSizeBytes: headerBytes } = plan === 'erase-and-write' ? planned : settings;
    this.#useHeaderSize(headerBytes, flashSizeBytes);
    const filesystem = own
      ? this.filesPlan !== 'nothing' && own.filesystem
      : asPlanned && (await this.#newFilesystem(plan, loader, image, flashSizeBytes));
    if (plan === 'erase-and-write' && !dryRun) await this.#offerBackup(loader, chip, contents);
    if (asPlanned) {
      const bytes = forBoard(image, this.#header);
      using data = headerBytes === planned.flashSizeBytes ? asPlanned : await compress(bytes, signal);
      await this.#carryOut(plan, loader, image.offset, bytes, data);
      if (filesystem) await this.#writeFiles(loader, filesystem);
    }
    return this.#filled(plan, contents);
  }

  #useHeaderSize(headerBytes: number | undefined, flashSizeBytes: number): void {
    this.#headerFlashBytes = headerBytes;
    if (headerBytes !== undefined && headerBytes !== flashSizeBytes)
      this.#onProgress({ event: 'header-size', headerBytes, flashSizeBytes });
  }

  #bringsFiles({ files }: FirmwareImage): boolean {
    return files !== undefined && !this.#options.keepFiles;
  }

  /** @returns `undefined` where there is one to keep, or its place is not known */
  async #newFilesystem(
    plan: FlashPlan,
    loader: ChipLoader,
    image: FirmwareImage,
    flashSizeBytes: number,
  ): Promise<NewFilesystem | undefined> {
    if (this.#options.keepFiles || flashSizeBytes === 0) return undefined;
    const usedBytes = Math.min(flashSizeBytes, this.#headerFlashBytes ?? flashSizeBytes);
    const filesystem = await this.#options.filesystemFor?.(image, usedBytes);
    if (!filesystem) return undefined;
    return plan === 'erase-and-write' || (await isFree(loader, filesystem)) ? filesystem : undefined;
  }

  async #writeFiles(loader: ChipLoader, filesystem: NewFilesystem): Promise<void> {
    this.#step('write-files');
    this.#state = 'writing-files';
    const startedAt = performance.now();
    this.filesSentBytes = await writeFilesystem(loader, filesystem, {
      signal: this.#options.signal,
      onBytes: (doneBytes, totalBytes) => {
        const elapsedMs = performance.now() - startedAt;
        this.#onProgress(bytesEvent({ step: 'write-files', doneBytes, totalBytes, elapsedMs }));
      },
    });
    this.#state = 'with-files';
  }

  async #offerBackup(loader: ChipLoader, chip: ChipEvent, contents: FlashContents): Promise<void> {
    if (this.#isOffered || contents === 'blank') return;
    const { beforeErase, onProgress } = this.#options;
    await beforeErase?.(contents, (file) => saveFlash(loader, chip, file, { onProgress }));
    this.#isOffered = true;
  }

  get #header(): HeaderSettings {
    return { flashMode: this.flashMode, flashSizeBytes: this.#headerFlashBytes };
  }

  #planHeader(image: FirmwareImage, flashSizeBytes: number): HeaderSettings {
    const usual = usualHeaderSize(image.chip, flashSizeBytes);
    // Where MicroPython on an ESP8266 looks for the files follows from the size in the header.
    const own = usual !== undefined && this.#bringsFiles(image) && readHeader(image.bytes, image.chip);
    const size = this.#options.headerFlashBytes ?? (own ? own.flashSizeBytes : usual);
    return { flashMode: this.flashMode, flashSizeBytes: size };
  }

  async #carryOut(
    plan: FlashPlan,
    loader: ChipLoader,
    address: number,
    bytes: Uint8Array,
    data: Compression,
  ): Promise<void> {
    if (plan === 'nothing') {
      this.#state = 'written';
      this.#verified = bytes;
      return;
    }
    if (plan === 'erase-and-write') {
      this.#state = 'erasing';
      this.#step('erase');
      await loader.eraseAll();
      this.#hasErased = true;
    }
    await this.#writeAll(loader, address, data);
    await this.#verify(loader, address, bytes);
  }

  /** The same image in another flash mode: its header and what follows from it. */
  async #changeMode(loader: ChipLoader, image: FirmwareImage, before: Uint8Array): Promise<ProgramResult> {
    const bytes = forBoard(image, this.#header);
    const { start, end } = changedSectors(before, bytes);
    using data = await compress(bytes.subarray(start, end), this.#options.signal);
    await this.#writeAll(loader, image.offset + start, data);
    await this.#verify(loader, image.offset, bytes);
    return this.#filled('write', 'blank');
  }

  #filled(plan: FlashPlan, contents: FlashContents): ProgramResult {
    if (this.#hasErased) return { plan: 'erase-and-write', isFirst: true };
    return { plan, isFirst: plan !== 'nothing' && contents !== 'micropython' };
  }

  async #writeAll(loader: ChipLoader, address: number, data: Compression): Promise<void> {
    await data.block(0); // nothing is changed before the first block is ready
    this.#step('write');
    this.#state = 'writing';
    this.#percent = 0;
    const startedAt = performance.now();
    await loader.write(address, data, (doneBytes, totalBytes) => {
      this.#percent = Math.floor((100 * doneBytes) / totalBytes);
      const elapsedMs = performance.now() - startedAt;
      this.#onProgress(bytesEvent({ step: 'write', doneBytes, totalBytes, elapsedMs }));
    });
  }

  async #verify(loader: ChipLoader, address: number, bytes: Uint8Array): Promise<void> {
    this.#step('verify');
    this.#state = 'unverified';
    if ((await loader.md5(address, bytes.length)) === md5(bytes)) {
      this.#state = 'written';
      this.#verified = bytes;
      return;
    }
    if (await loader.isWriteProtected()) {
      this.#state = 'untouched'; // it stored nothing
      throw new PortalError('flash-protected', 'The flash chip is write-protected.');
    }
    this.#state = 'damaged';
    const differs = await firstDifference(loader, address, bytes);
    throw new PortalError(
      'flash-mismatch',
      `The flash differs from the image; the first wrong sector is at 0x${differs.toString(16).padStart(6, '0')}.`,
    );
  }

  /** Adds the state of the board to an error. */
  withState(error: unknown): unknown {
    return withBoardState(error, describeState(this.#state, this.#percent));
  }

  #step(step: Step): void {
    this.#onProgress({ event: 'step', step });
  }
}

/** Loaded here, because pako takes long to load. */
async function compress(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Compression> {
  const { Compression } = await import('../../esp/compression.js');
  return new Compression(bytes, signal);
}
