// Checks whether an image can run on the connected board, before anything is changed.

import { PortalError } from '../../errors.js';
import { revisionText } from '../../esp/families.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import type { ChipLoader } from '../../esp/loader.js';

export function checkChip(
  { family, revision }: Pick<ChipLoader, 'family' | 'revision'>,
  { chip, revisions: { min, max } }: Pick<FirmwareImage, 'chip' | 'revisions'>,
): void {
  if (family !== chip) {
    throw new PortalError('firmware-wrong-chip', `The board is an ${family}, the image is for an ${chip}.`);
  }
  if (revision === undefined || (revision >= min && revision <= max)) return;
  const range = Number.isFinite(max)
    ? `${revisionText(min)} to ${revisionText(max)}`
    : `${revisionText(min)} or later`;
  const other = revision < min ? 'an older' : 'a newer';
  throw new PortalError(
    'firmware-wrong-chip',
    `The image is for chip revision ${range}, the ${family} of this board has ${revisionText(revision)}.`,
    { next: `Choose ${other} release with --firmware VERSION; to see which there are: esp-portal firmware` },
  );
}

const OMIT_FLASH_SIZE = 'Omit --flash-size: the size that fits the board is used then.';

export function checkHeaderSize(
  headerBytes: number | undefined,
  flashSizeBytes: number,
  { neededFlashBytes }: Pick<FirmwareImage, 'neededFlashBytes'>,
): void {
  if (headerBytes === undefined) return;
  if (flashSizeBytes > 0 && headerBytes > flashSizeBytes) {
    throw new PortalError(
      'usage',
      `A flash size of ${headerBytes} bytes is too large: the flash of this board has ${flashSizeBytes}.`,
      { next: OMIT_FLASH_SIZE },
    );
  }
  if (headerBytes < neededFlashBytes) {
    throw new PortalError(
      'usage',
      `A flash size of ${headerBytes} bytes is too small: the image needs ${neededFlashBytes}.`,
      { next: OMIT_FLASH_SIZE },
    );
  }
}

export function checkSize(
  flashSizeBytes: number,
  { neededFlashBytes }: Pick<FirmwareImage, 'neededFlashBytes'>,
): void {
  if (flashSizeBytes === 0 || neededFlashBytes <= flashSizeBytes) return;
  throw new PortalError(
    'firmware-too-large',
    `The image needs ${neededFlashBytes} bytes, the flash of this board has ${flashSizeBytes}.`,
  );
}
