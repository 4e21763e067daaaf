// Which firmware a command writes: the file that was named, or the one that came with the port.

import { readFile } from 'node:fs/promises';
import type { FirmwareImage } from '../device/firmware-image.js';
import { PortalError } from '../errors.js';
import { checkFirmware } from '../operations/flash.js';
import type { OnProgress } from '../progress.js';
import type { Port } from '../serial/port.js';

/**
 * Reads and checks the image, then opens the port: a wrong file never touches a board.
 * @throws PortalError `firmware-missing`, `firmware-invalid`, `firmware-damaged`, and what openPort throws
 */
export async function firmwareFor(
  file: string | undefined,
  openPort: () => Promise<Port>,
  onProgress: OnProgress,
): Promise<{ image: FirmwareImage; port: Port }> {
  if (file !== undefined) {
    const image = checkFirmware(await read(file), file, onProgress);
    return { image, port: await openPort() };
  }
  const port = await openPort();
  if (!port.ownFirmware) throw new PortalError('firmware-missing', `No firmware was named for ${port.name}.`);
  return { image: checkFirmware(port.ownFirmware, 'the firmware of this board', onProgress), port };
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new PortalError('firmware-missing', `${file} cannot be read.`, { cause: error });
  }
}
