// Packages of a project: the option, where they are locked, and where they come from.

import { dirname, join } from 'node:path';
import { PortalError } from '../../errors.js';
import { parseJson } from '../../input/parse-json.js';
import type { PackageName } from '../../operations/packages/package-name.js';
import { LOCK_FILE, parsePackageName } from '../../operations/packages/package-name.js';
import type { PackagesOptions } from '../../operations/packages/packages.js';
import type { CommandContext } from '../context.js';
import type { Host } from '../host.js';
import { userFirmwareFolder } from '../options/firmware-store.js';
import type { Setting } from '../options/settings.js';

const MAX_PACKAGES = 100;

/** A line each, or JSON of an array. @throws PortalError `usage` */
export function packageNames(text: string | undefined): readonly PackageName[] | undefined {
  if (text === undefined) return undefined;
  const names = text.startsWith('[') ? listOf(text) : text.split('\n');
  if (names.length > MAX_PACKAGES)
    throw new PortalError('usage', `More than ${MAX_PACKAGES} packages are named.`);
  return names.filter((name) => name !== '').map((name) => parsePackageName(name));
}

function listOf(json: string): string[] {
  try {
    const list: unknown = parseJson(json);
    if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return list;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new PortalError('usage', '"packages" takes a list of texts: ["umqtt.simple"].');
}

/** The lock file is next to the project's file. */
export function lockFileOf(settings: readonly Setting[]): string | undefined {
  const source = settings.find(({ option, from }) => option === 'packages' && from === 'project')?.source;
  return source === undefined ? undefined : lockFileBeside(source);
}

export function lockFileBeside(projectFile: string): string {
  return join(dirname(projectFile), LOCK_FILE);
}

export function packagesOptions({ host, signal }: Pick<CommandContext, 'host' | 'signal'>): PackagesOptions {
  return { cacheFolder: userFirmwareFolder(host).cacheFolder, index: packageIndex(host), signal };
}

function packageIndex({ env }: Pick<Host, 'env'>): string | undefined {
  const index = env.ESP_PORTAL_PACKAGE_INDEX;
  if (!index) return undefined;
  const { protocol, hostname } = URL.canParse(index) ? new URL(index) : { protocol: '', hostname: '' };
  if (protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127\.\d+\.\d+\.\d+)$/.test(hostname)))
    return index;
  throw new PortalError('usage', `$ESP_PORTAL_PACKAGE_INDEX is "${index}".`, {
    next: 'Set ESP_PORTAL_PACKAGE_INDEX to an https address, or unset it for https://micropython.org/pi/v2.',
  });
}
