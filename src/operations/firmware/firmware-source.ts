// Selects the firmware for a board: the given one, the one of its port, or the newest release for the chip.

import { PortalError } from '../../errors.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import { type FirmwareSpec, parseFirmwareSpec, type Release } from '../../firmware/choose.js';
import { LARGEST_IMAGE_BYTES } from '../../firmware/download.js';
import { FirmwareStore, type FirmwareStoreOptions } from '../../firmware/store.js';
import { FileProblem, readRegularFile } from '../../input/regular-file.js';
import { firmwareOfPort } from '../../port/open.js';
import type { Port } from '../../port/port.js';
import type { OnProgress } from '../../progress.js';
import { checkFirmware } from '../flash/flash.js';
import type { FirmwareFor } from '../flash/flash-job-options.js';

export { FirmwareStore, type FirmwareStoreOptions } from '../../firmware/store.js';

export interface FirmwareSourceOptions extends FirmwareStoreOptions {
  openPort(): Promise<Port>;
  /** The address of the port once it is open. */
  portAddress(): string;
  readonly signal: AbortSignal;
}

/**
 * Gets and checks a named image, then opens the port: a wrong file never touches a board. What depends on the chip is
 * selected after the chip was identified.
 * @param named a file, an address, a version, `latest` or `preview`
 * @throws PortalError `firmware-missing`, `firmware-download`, `firmware-invalid`, `firmware-damaged`, and what
 *   openPort throws
 */
export async function firmwareFor(
  named: string | undefined,
  options: FirmwareSourceOptions,
): Promise<{ firmware: FirmwareImage | FirmwareFor; port: Port }> {
  const firmwareOf = await firmwareForPorts(named, options);
  const port = await options.openPort();
  return { firmware: await firmwareOf(options.portAddress(), options.onProgress), port };
}

/** The firmware for the board at an address. */
export type FirmwareOfPort = (
  address: string,
  onProgress: OnProgress | undefined,
) => Promise<FirmwareImage | FirmwareFor>;

/**
 * The same for any number of ports: a named image is read and checked once.
 * @throws PortalError as firmwareFor
 */
export async function firmwareForPorts(
  named: string | undefined,
  options: FirmwareStoreOptions & { readonly signal: AbortSignal },
): Promise<FirmwareOfPort> {
  const spec = named === undefined ? undefined : parseFirmwareSpec(named);
  const image = spec && (await namedImage(spec, options));
  const release: Release = spec?.kind === 'release' ? spec.release : 'latest';
  /** Boards that need the same build at once download it once. */
  let last: Promise<unknown> = Promise.resolve();
  return async (address, onProgress) => {
    if (image) return image;
    const ofPort = spec ? undefined : await firmwareOfPort(address);
    if (ofPort) return checkFirmware(ofPort, 'the firmware of this board', { onProgress });
    const store = new FirmwareStore({ ...options, onProgress });
    return (found) => {
      const next = last.catch(() => {}).then(() => store.forChip(release, found));
      last = next;
      return next;
    };
  };
}

/** @returns `undefined` for what depends on the chip */
export async function namedImage(
  spec: FirmwareSpec,
  options: FirmwareStoreOptions & { readonly signal: AbortSignal },
): Promise<FirmwareImage | undefined> {
  switch (spec.kind) {
    case 'release':
      return undefined;
    case 'url':
      return new FirmwareStore(options).fromUrl(spec.url);
    case 'file': {
      const bytes = await read(spec.path, spec.build !== undefined, options.signal);
      if (bytes) return checkFirmware(bytes, spec.path, options);
      return new FirmwareStore(options).get({ file: spec.path });
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
