// All files of a board that starts for the first time with the portal on it, as install would leave them. Uses no port.

import { PortalError } from '../../errors.js';
import { CHIP_FAMILIES, type ChipFamily } from '../../esp/families.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import { LayoutError, writeLittleFs } from '../../filesystem/littlefs/writer.js';
import { filesystemOfImage } from '../../filesystem/location.js';
import {
  type BundleFile,
  type BundleForm,
  type PortalBundle,
  readPortalBundle,
} from '../../portal/bundle.js';
import type { PortalConfig } from '../../portal/config.js';
import { MANIFEST_FILE } from '../../portal/manifest.js';
import { likelyManifests } from '../../portal/plan.js';
import { CONFIG_FILE, checkButton, mdnsNameOf, mergeSettings, settingsFile } from '../../portal/settings.js';
import type { NewFilesystem } from '../flash/files-in-flash.js';
import { isGiven, shownSettings } from './configure.js';
import { portalFor } from './portal-files.js';

export interface FreshOptions {
  /** Another build than the one that comes with this package. */
  readonly portal?: PortalBundle | undefined;
  readonly config?: PortalConfig | undefined;
  readonly app?: readonly BundleFile[] | undefined;
}

/** What such a board has. */
export interface FreshInstallation {
  readonly form: BundleForm;
  /** The portal, its settings and the program, without what follows from them. */
  readonly files: readonly BundleFile[];
  /** Those, the list of them, and the boot.py that MicroPython writes at its first start. */
  readonly allFiles: readonly BundleFile[];
  readonly settings: Readonly<Record<string, string | number>> | undefined;
  readonly mdnsName: string | undefined;
}

/** Releases that import bytecode of format 6. */
const FORM_6_MINORS = { first: 19, last: 29 };

/** @returns `undefined` for a release of which it is not known what it imports, or a chip without WiFi */
export async function freshInstallation(
  { chip, version = '', isMicroPython }: Pick<FirmwareImage, 'chip' | 'version' | 'isMicroPython'>,
  { portal: build, config = {}, app = [] }: FreshOptions,
): Promise<FreshInstallation | undefined> {
  const minor = Number(/^1\.(\d+)(?:\.\d+)?$/.exec(version)?.[1]);
  if (!isMicroPython || !(minor >= FORM_6_MINORS.first && minor <= FORM_6_MINORS.last)) return undefined;
  if (CHIP_FAMILIES[chip].wifi !== 'built-in') return undefined;
  const settings = mergeSettings(new Map(), config);
  const platform = chip === 'ESP8266' ? 'esp8266' : 'esp32';
  checkButton(settings, platform);
  const configFile = settings.size > 0 ? { path: CONFIG_FILE, bytes: settingsFile(settings) } : undefined;
  const form = 'mpy6';
  const portal = await portalFor((build ?? (await readPortalBundle()))[form], form, settings, platform);
  const [manifest = ''] = likelyManifests({ portal, config: configFile, app });
  const files = [...portal, ...(configFile ? [configFile] : []), ...app];
  const own = [{ path: MANIFEST_FILE, bytes: Buffer.from(manifest) }];
  const hasBoot = files.some(({ path }) => path === BOOT_FILE);
  if (!hasBoot) own.push({ path: BOOT_FILE, bytes: Buffer.from(bootProgram(chip, minor)) });
  const allFiles = [...files, ...own];
  const shown = isGiven(config) ? shownSettings(settings) : undefined;
  return { form, files, allFiles, settings: shown, mdnsName: mdnsNameOf(settings, platform) };
}

/**
 * The filesystem with such files, where this image will look for it.
 * @param flashSizeBytes see filesystemOfImage
 * @returns `undefined` where that place is not known
 * @throws PortalError `board-no-space`
 */
export function freshFilesystem(
  image: FirmwareImage,
  flashSizeBytes: number,
  { allFiles }: FreshInstallation,
): NewFilesystem | undefined {
  const range = filesystemOfImage(image, flashSizeBytes);
  if (!range) return undefined;
  try {
    const blockCount = Math.floor(range.sizeBytes / 4096);
    return { range, bytes: writeLittleFs(allFiles, { blockCount }) };
  } catch (error) {
    if (!(error instanceof LayoutError) || error.kind !== 'no-space') throw error;
    throw noSpace(range.sizeBytes, error.neededBlocks ?? 0, allFiles);
  }
}

function noSpace(roomBytes: number, neededBlocks: number, files: readonly BundleFile[]): PortalError {
  const largest = files
    .toSorted((a, b) => b.bytes.length - a.bytes.length)
    .slice(0, 3)
    .map(({ path, bytes }) => `${path} (${(bytes.length / 1000).toFixed(1)} KB)`);
  return new PortalError(
    'board-no-space',
    `The files need ${neededBlocks * 4} KB, the flash has room for ${roomBytes / 1024} KB of them. The largest: ${largest.join(', ')}.`,
    { next: 'List files that the board does not need in .portalignore in the folder of --app.' },
  );
}

const BOOT_FILE = 'boot.py';

/** As `inisetup` of this release writes it (ports/esp8266/modules/inisetup.py, ports/esp32/modules/inisetup.py). */
function bootProgram(chip: ChipFamily, minor: number): string {
  const begin =
    '# This file is executed on every boot (including wake-boot from deepsleep)\n#import esp\n#esp.osdebug(None)\n';
  const webrepl = '#import webrepl\n#webrepl.start()\n';
  if (chip !== 'ESP8266') return begin + webrepl;
  const os = minor < OS_WITHOUT_U_MINOR ? 'uos' : 'os';
  return `${begin}import ${os}, machine\n#${os}.dupterm(None, 1) # disable REPL on UART(0)\nimport gc\n${webrepl}gc.collect()\n`;
}

/** The modules have lost their `u` in 1.21. */
const OS_WITHOUT_U_MINOR = 21;
