// What is to be done with an image and a board, and what is asked in between. Types alone.

import type { FlashContents } from '../../esp/flash-contents.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import type { ResetSequence } from '../../esp/resets.js';
import type { FoundChip } from '../../firmware/choose.js';
import type { ChipEvent, OperationOptions } from '../../progress.js';
import type { BackupResult } from '../backup/save-flash.js';
import type { NewFilesystem } from './files-in-flash.js';

/** Gets the image for a chip. */
export type FirmwareFor = (found: FoundChip) => Promise<FirmwareImage>;

/**
 * Called once, before the whole flash is erased.
 * @param contents what it holds
 * @param save saves it in a file, as backup does
 */
export type BeforeErase = (
  contents: FlashContents,
  save: (file: string | undefined) => Promise<BackupResult>,
) => Promise<void>;

export interface FlashJobOptions extends OperationOptions {
  firmware: FirmwareImage | FirmwareFor;
  erase?: boolean | undefined;
  keepFiles?: boolean | undefined;
  /** Flash size in the image's header, in bytes; by default a size with which MicroPython starts. */
  headerFlashBytes?: number | undefined;
  /** Into the ROM loader, instead of the sequences that are usual for such a port. */
  resetSequence?: ResetSequence | undefined;
  /** Find out what would be done, and do none of it. */
  dryRun?: boolean | undefined;
  /**
   * The filesystem to write with an image where MicroPython has none yet.
   * @param flashSizeBytes as the firmware will take it
   */
  filesystemFor?:
    | ((image: FirmwareImage, flashSizeBytes: number) => Promise<NewFilesystem | undefined>)
    | undefined;
  beforeErase?: BeforeErase | undefined;
  /** Called for each attempt once the chip is known and the image fits it, before a byte of its flash is changed; what it throws ends the job. */
  onChip?: ((chip: ChipEvent) => Promise<void>) | undefined;
}
