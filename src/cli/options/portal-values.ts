// The values of the portal's options on the command line: an empty one takes back what was set before.

import { PortalError } from '../../errors.js';
import { parseWhole } from '../../input/decimal.js';
import {
  checkConfig,
  cleanLogo,
  FieldFault,
  type PortalConfig,
  parseFields,
} from '../../operations/install/portal-config.js';

/** The names of the portal's options on the command line. */
const FLAGS: Readonly<Record<keyof PortalConfig, string>> = {
  essid: '--essid',
  password: '--ap-password',
  ap_ip: '--ap-ip',
  hostname: '--hostname',
  country: '--country',
  timeout_s: '--portal-timeout',
  button: '--portal-button',
  static_ip: '--static-ip',
  language: '--language',
  title: '--title',
  accent: '--accent',
  logo: '--logo',
  fields: '--field',
};

export function portalText<K extends Exclude<keyof PortalConfig, 'timeout_s' | 'button' | 'fields'>>(key: K) {
  return (text: string | undefined): PortalConfig[K] => {
    if (!text) return text === '' ? null : undefined;
    checkConfig({ [key]: text }, (name) => FLAGS[name]);
    return text as PortalConfig[K];
  };
}

/** With comments and what an editor adds; what is left is limited by checkConfig. */
const MAX_LOGO_FILE_BYTES = 64 * 1024;

/** @throws PortalError `usage` */
export async function readLogo(path: string | undefined): Promise<PortalConfig['logo']> {
  if (!path) return path === '' ? null : undefined;
  const { FileProblem, readRegularFile } = await import('../../input/regular-file.js');
  const { utf8Text } = await import('../../input/utf8-text.js');
  let logo: string;
  try {
    logo = cleanLogo(utf8Text(await readRegularFile(path, { maxBytes: MAX_LOGO_FILE_BYTES })));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new PortalError('usage', `--logo ${path} ${error.message}.`, { cause: error });
  }
  checkConfig({ logo }, () => `--logo ${path}`);
  return logo;
}

export function portalFields(text: string | undefined): PortalConfig['fields'] {
  if (!text) return text === '' ? null : undefined;
  try {
    return parseFields(text);
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error;
    throw new PortalError('usage', `--field: ${error.message}.`, { cause: error });
  }
}

export function portalNumber(key: 'timeout_s' | 'button', what: string) {
  return (text: string | undefined): number | null | undefined => {
    if (!text) return text === '' ? null : undefined;
    const number = parseWhole(text);
    if (number === undefined) throw new PortalError('usage', `${FLAGS[key]} "${text}": give ${what}.`);
    checkConfig({ [key]: number }, (name) => FLAGS[name]);
    return number;
  };
}
