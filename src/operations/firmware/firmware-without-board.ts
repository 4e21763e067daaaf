// Selects the firmware where no board is asked: for a chip that the user names.

import { PortalError } from '../../errors.js';
import { CHIP_FAMILIES, type ChipFamily } from '../../esp/families.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import { parseFirmwareSpec } from '../../firmware/choose.js';
import { FirmwareStore, type FirmwareStoreOptions } from '../../firmware/store.js';
import { firmwareOfPort } from '../../port/open.js';
import { checkFirmware } from '../flash/flash.js';
import { requireWifi } from '../install/without-wifi.js';
import { namedImage } from './firmware-source.js';

export interface WithoutBoardOptions extends FirmwareStoreOptions {
  readonly chip: ChipFamily | undefined;
  readonly flashSizeBytes: number;
  /** The firmware of a virtual board is used where none is named. */
  readonly portAddress?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * @param name as esptool's --chip has it, or as the chip is printed
 * @throws PortalError `usage`
 */
export function checkChipName(name: string | undefined): ChipFamily | undefined {
  if (name === undefined) return undefined;
  const families = Object.keys(CHIP_FAMILIES) as ChipFamily[];
  const family = families.find((each) => esptoolName(each) === name.toLowerCase().replaceAll('-', ''));
  if (family) return family;
  throw new PortalError('usage', `--chip ${name}: give one of ${families.map(esptoolName).join(', ')}.`);
}

/** As esptool's --chip takes it. */
export function esptoolName(family: ChipFamily): string {
  return family.toLowerCase().replace('-', '');
}

/**
 * @param named a file, an address, a version, `latest` or `preview`
 * @throws PortalError `usage` where nothing says for which chip; `firmware-wrong-chip`; as firmwareFor
 */
export async function firmwareWithoutBoard(
  named: string | undefined,
  options: WithoutBoardOptions,
): Promise<FirmwareImage> {
  const { chip, flashSizeBytes, portAddress = '', onProgress } = options;
  const spec = named === undefined ? undefined : parseFirmwareSpec(named);
  const ofPort = spec || chip ? undefined : await firmwareOfPort(portAddress);
  const image = ofPort
    ? checkFirmware(ofPort, `the firmware of ${portAddress}`, { onProgress })
    : spec && (await namedImage(spec, options));
  if (image) {
    if (chip === undefined || chip === image.chip) return image;
    throw new PortalError(
      'firmware-wrong-chip',
      `${image.name} is for an ${image.chip}, --chip is ${esptoolName(chip)}.`,
      { next: 'Omit --chip, or name firmware for this chip with --firmware.' },
    );
  }
  if (chip === undefined) {
    throw new PortalError('usage', 'No board is asked for its chip: name it with --chip.', {
      next: 'esp-portal image --chip esp32 --output lamp.bin',
    });
  }
  requireWifi(chip); // before a download
  const release = spec?.kind === 'release' ? spec.release : 'latest';
  const found = { family: chip, revision: undefined, flashSizeBytes, hasOctalPsram: false };
  return new FirmwareStore(options).forChip(release, found);
}
