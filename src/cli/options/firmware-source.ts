// Which firmware a command writes: what was named, or what came with the port, or the newest release for the chip.

import { readFile } from 'node:fs/promises';
import envPaths from 'env-paths';
import { PortalError } from '../../errors.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import { FirmwareCache } from '../../firmware/cache.js';
import type { Release } from '../../firmware/choose.js';
import { type FirmwareSpec, parseFirmwareSpec } from '../../firmware/spec.js';
import { FirmwareStore } from '../../firmware/store.js';
import { checkFirmware } from '../../operations/flash.js';
import type { FirmwareFor } from '../../operations/flash-job.js';
import type { Port } from '../../port/port.js';
import type { OnProgress } from '../../progress.js';

interface SourceContext {
  openPort(): Promise<Port>;
  onProgress: OnProgress;
  signal: AbortSignal;
}

/** The store in the user's cache folder. */
export function userFirmwareStore(options: {
  onProgress: OnProgress;
  signal: AbortSignal;
  offline?: boolean;
}): { store: FirmwareStore; cache: FirmwareCache } {
  const { env } = process;
  const root = env.ESP_PORTAL_CACHE_DIR || envPaths('esp-portal', { suffix: '' }).cache;
  const cache = new FirmwareCache(root);
  return { cache, store: new FirmwareStore({ ...options, cache, site: env.ESP_PORTAL_FIRMWARE_SITE }) };
}

/**
 * Gets and checks a named image, then opens the port: a wrong file never touches a board. What depends on the chip is
 * got once the chip is known.
 * @param named `--firmware`: a file, an address, a version, `latest` or `preview`
 * @throws PortalError `firmware-missing`, `firmware-download`, `firmware-invalid`, `firmware-damaged`, and what
 *   openPort throws
 */
export async function firmwareFor(
  named: string | undefined,
  context: SourceContext,
): Promise<{ firmware: FirmwareImage | FirmwareFor; port: Port }> {
  const { openPort, onProgress } = context;
  const spec: FirmwareSpec | undefined = named === undefined ? undefined : parseFirmwareSpec(named);
  const image = spec && (await namedImage(spec, context));
  const port = await openPort();
  if (image) return { firmware: image, port };
  if (!spec && port.ownFirmware) {
    return { firmware: checkFirmware(port.ownFirmware, 'the firmware of this board', onProgress), port };
  }
  const release: Release = spec?.kind === 'release' ? spec.release : 'latest';
  const { store } = userFirmwareStore(context);
  return { firmware: (found) => store.forChip(release, found), port };
}

/** @returns `undefined` for what depends on the chip */
async function namedImage(spec: FirmwareSpec, context: SourceContext): Promise<FirmwareImage | undefined> {
  switch (spec.kind) {
    case 'release':
      return undefined;
    case 'url':
      return userFirmwareStore(context).store.fromUrl(spec.url);
    case 'file': {
      const bytes = await read(spec.path, spec.build !== undefined);
      if (bytes) return checkFirmware(bytes, spec.path, context.onProgress);
      return userFirmwareStore(context).store.get({ file: spec.path });
    }
  }
}

/** @returns `undefined` for a file that is not there and may be missing */
async function read(file: string, mayBeMissing: boolean): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && mayBeMissing) return undefined;
    throw new PortalError('firmware-missing', `${file} cannot be read.`, { cause: error });
  }
}
