// Options of every command that installs the portal, and what they mean to the operation.

import { PortalError } from '../../errors.js';
import { parseWhole } from '../../input/decimal.js';
import type { InstallOptions } from '../../operations/install/install.js';
import { checkConfig, type PortalConfig } from '../../operations/install/portal-config.js';
import type { OptionValues } from '../command.js';
import type { OptionTable } from './option-table.js';
import type { Setting } from './settings.js';

const GROUP_PORTAL = "Portal options (omit to keep, '' to reset):";

export const PORTAL_OPTIONS = {
  essid: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalText('essid'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'Name of the WiFi that the board opens, up to 32 bytes',
  },
  'ap-password': {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalText('password'),
    secret: true,
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'Password of that WiFi (WPA2, 8 to 63 characters); open without it',
  },
  'ap-ip': {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalText('ap_ip'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'Address of the portal, such as 4.3.2.1 for phones that ignore a portal at a private address',
  },
  hostname: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalText('hostname'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'Host name of the board in its network (MicroPython 1.20 and later)',
  },
  country: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalText('country'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'Country code of two letters, for the WiFi channels (MicroPython 1.20 and later)',
  },
  'portal-timeout': {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalSeconds,
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'Seconds without a client until the portal closes and your program continues',
  },
  app: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    complete: 'files',
    path: true,
    describe: 'Folder with your program: uploaded with the portal, which starts app.py or app/',
  },
  'app-mpy': {
    type: 'boolean',
    fromProject: true,
    default: false,
    describe: 'Compile the modules of --app (needs the package @pybricks/mpy-cross-v6)',
  },
  main: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    choices: ['keep', 'append', 'replace'],
    default: 'keep',
    describe:
      'What to do with your own main.py: keep it, append the lines that start the portal, or replace it',
  },
} as const satisfies OptionTable;

/** The names of the portal's options on the command line. */
const FLAGS: Readonly<Record<keyof PortalConfig, string>> = {
  essid: '--essid',
  password: '--ap-password',
  ap_ip: '--ap-ip',
  hostname: '--hostname',
  country: '--country',
  timeout_s: '--portal-timeout',
};

/**
 * Checks everything that can be checked before the port is opened.
 * @throws PortalError `usage`
 */
export async function portalOptions(
  args: OptionValues<typeof PORTAL_OPTIONS>,
  settings: readonly Setting[],
): Promise<Pick<InstallOptions, 'config' | 'app' | 'main'>> {
  const config: PortalConfig = {
    essid: args.essid,
    password: args['ap-password'],
    ap_ip: args['ap-ip'],
    hostname: args.hostname,
    country: args.country,
    timeout_s: args['portal-timeout'],
  };
  const refuseLinksOut = settings.some(({ option, from }) => option === 'app' && from === 'project');
  return {
    config,
    main: args.main,
    app: await readApp(args.app, { compiled: args['app-mpy'], refuseLinksOut }),
  };
}

/** An empty value takes back what was set before. */
function portalText<K extends Exclude<keyof PortalConfig, 'timeout_s'>>(key: K) {
  return (text: string | undefined): string | null | undefined => {
    if (!text) return text === '' ? null : undefined;
    checkConfig({ [key]: text }, (name) => FLAGS[name]);
    return text;
  };
}

function portalSeconds(text: string | undefined): number | null | undefined {
  if (!text) return text === '' ? null : undefined;
  const seconds = parseWhole(text);
  if (seconds === undefined) {
    throw new PortalError('usage', `--portal-timeout "${text}": give a number of seconds.`);
  }
  checkConfig({ timeout_s: seconds }, (name) => FLAGS[name]);
  return seconds;
}

async function readApp(
  folder: string | undefined,
  { compiled, refuseLinksOut }: { compiled: boolean; refuseLinksOut: boolean },
): Promise<InstallOptions['app']> {
  if (folder === undefined) {
    if (compiled)
      throw new PortalError('usage', '--app-mpy compiles the folder that --app names: add --app.');
    return undefined;
  }
  const { appFiles } = await import('../../operations/install/app-files.js');
  return appFiles(folder, { compiled, refuseLinksOut });
}
