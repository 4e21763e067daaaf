// The filesystem that comes with an image, as `image` makes it: checked, and whether this board's flash has it.

import { PortalError } from '../../errors.js';
import { md5 } from '../../esp/flash-contents.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import type { ChipLoader } from '../../esp/loader.js';
import { FilesystemError, readLittleFs } from '../../filesystem/littlefs/reader.js';
import { filesystemOfImage } from '../../filesystem/location.js';
import { isFree, type NewFilesystem } from './files-in-flash.js';

/** `replace`: other files are in the way, and the flash is erased first. */
export type FilesPlan = 'nothing' | 'write' | 'replace';

/**
 * @returns `undefined` for an image without files
 * @throws PortalError `firmware-damaged`
 */
export function filesOfImage({ name, files }: FirmwareImage): NewFilesystem | undefined {
  if (!files) return undefined;
  try {
    const { blockBytes, blockCount, entries, damagedFolders } = readLittleFs(files.bytes);
    for (const entry of entries) if (entry.kind === 'file') entry.read();
    if (damagedFolders.length > 0) throw new FilesystemError('damaged', 'A folder cannot be read.');
    const sizeBytes = blockCount * blockBytes;
    return { range: { address: files.address, sizeBytes }, bytes: files.bytes.subarray(0, sizeBytes) };
  } catch (error) {
    if (!(error instanceof FilesystemError)) throw error;
    throw new PortalError(
      'firmware-damaged',
      `The files that follow the firmware in ${name} are incomplete or damaged.`,
      { cause: error, next: 'Make the file again: esp-portal image' },
    );
  }
}

/** What is to be done with them. */
interface PlannedFiles {
  readonly filesystem: NewFilesystem;
  readonly plan: FilesPlan;
}

/**
 * @param flashSizeBytes as the firmware will take it; 0 if unknown
 * @returns `undefined` for an image without files
 * @throws PortalError `firmware-damaged`, `firmware-too-large`; as ChipLoader.read
 */
export async function planFilesOf(
  image: FirmwareImage,
  loader: Pick<ChipLoader, 'read' | 'md5'>,
  flashSizeBytes: number,
): Promise<PlannedFiles | undefined> {
  const filesystem = filesOfImage(image);
  if (!filesystem) return undefined;
  checkPlace(image, filesystem, flashSizeBytes);
  const { range, bytes } = filesystem;
  if ((await loader.md5(range.address, bytes.length)) === md5(bytes)) return { filesystem, plan: 'nothing' };
  return { filesystem, plan: (await isFree(loader, filesystem)) ? 'write' : 'replace' };
}

/** MicroPython mounts no filesystem with another number of blocks than it has room for. */
function checkPlace(image: FirmwareImage, { range }: NewFilesystem, flashSizeBytes: number): void {
  if (flashSizeBytes === 0) return;
  const place = filesystemOfImage(image, flashSizeBytes);
  const isThere = place
    ? place.address === range.address && place.sizeBytes === range.sizeBytes
    : range.address + range.sizeBytes <= flashSizeBytes;
  if (isThere) return;
  throw new PortalError(
    'firmware-too-large',
    `The files in ${image.name} are for a flash of another size than ${flashSizeBytes / 1024} KB: MicroPython would not find them.`,
    {
      likelyCause: 'The file was made with another --flash-size.',
      next: 'Make the file for this size (esp-portal image --flash-size), or write its firmware only: --keep-files.',
    },
  );
}
