// Which firmware a command writes: what was named, or what came with the port, or the newest release for the chip.

import envPaths from 'env-paths';
import { PortalError } from '../../errors.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import type { Release } from '../../firmware/choose.js';
import { LARGEST_IMAGE_BYTES } from '../../firmware/download.js';
import { type FirmwareSpec, parseFirmwareSpec } from '../../firmware/spec.js';
import { FirmwareStore } from '../../firmware/store.js';
import { FileProblem, readRegularFile } from '../../input/regular-file.js';
import { checkFirmware } from '../../operations/flash.js';
import type { FirmwareFor } from '../../operations/flash-job.js';
import type { Port } from '../../port/port.js';
import type { OnProgress } from '../../progress.js';
import type { Host } from '../host.js';

interface SourceContext {
  env: Host['env'];
  openPort(): Promise<Port>;
  onProgress: OnProgress;
  signal: AbortSignal;
  /** `--allow-http` */
  allowHttp: boolean;
  /** `--any-firmware` */
  anyFirmware?: boolean;
}

/** The store in the user's cache folder. */
export function userFirmwareStore({
  env,
  ...options
}: {
  env: Host['env'];
  onProgress: OnProgress;
  signal: AbortSignal;
  offline?: boolean;
  allowHttp: boolean;
  anyFirmware?: boolean;
}): FirmwareStore {
  const cacheFolder = env.ESP_PORTAL_CACHE_DIR || envPaths('esp-portal', { suffix: '' }).cache;
  return new FirmwareStore({ ...options, cacheFolder, site: env.ESP_PORTAL_FIRMWARE_SITE });
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
    return { firmware: checkFirmware(port.ownFirmware, 'the firmware of this board', { onProgress }), port };
  }
  const release: Release = spec?.kind === 'release' ? spec.release : 'latest';
  const store = userFirmwareStore(context);
  return { firmware: (found) => store.forChip(release, found), port };
}

/** @returns `undefined` for what depends on the chip */
async function namedImage(spec: FirmwareSpec, context: SourceContext): Promise<FirmwareImage | undefined> {
  switch (spec.kind) {
    case 'release':
      return undefined;
    case 'url':
      return userFirmwareStore(context).fromUrl(spec.url);
    case 'file': {
      const bytes = await read(spec.path, spec.build !== undefined, context.signal);
      if (bytes) return checkFirmware(bytes, spec.path, context);
      return userFirmwareStore(context).get({ file: spec.path });
    }
  }
}

/** @returns `undefined` for a file that is not there and may be missing */
async function read(
  file: string,
  mayBeMissing: boolean,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    return await readRegularFile(file, { maxBytes: LARGEST_IMAGE_BYTES, signal });
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (error.isMissing && mayBeMissing) return undefined;
    throw new PortalError('firmware-missing', `${file} ${error.message}.`, { cause: error.cause });
  }
}
