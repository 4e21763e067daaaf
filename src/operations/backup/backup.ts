// backup: saves the whole flash of a board in a file.

import { withBoardState } from '../../errors.js';
import type { Port } from '../../port/port.js';
import { type LoaderOptions, withLoader } from '../flash/with-loader.js';
import { type BackupResult, refuseExisting, saveFlash } from './save-flash.js';

/**
 * Saves the flash; secrets are in it. A run that is interrupted leaves `FILE.partial`, with which the next one goes on.
 * @param file by default named for the chip and its MAC
 * @throws PortalError as withLoader; `usage` for a file that exists, `output-failed`
 */
export async function backup(
  port: Port,
  file: string | undefined,
  options: LoaderOptions = {},
): Promise<BackupResult> {
  if (file !== undefined) await refuseExisting(file);
  try {
    return await withLoader(port, options, (loader, chip) => saveFlash(loader, chip, file, options));
  } catch (error) {
    throw withBoardState(error, 'Nothing on the board was changed.');
  }
}
