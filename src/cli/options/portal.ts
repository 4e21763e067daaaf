// Options of every command that installs the portal, and what they mean to the operation.

import { PortalError } from '../../errors.js';
import type { AddPackages } from '../../operations/dev/program-on-board.js';
import type { InstallOptions } from '../../operations/install/install.js';
import { LANGUAGES, type PortalConfig } from '../../operations/install/portal-config.js';
import type { OptionValues } from '../command.js';
import type { CommandContext } from '../context.js';
import { lockFileOf, packageNames, packagesOptions } from '../project/packages.js';
import type { OptionTable } from './option-table.js';
import { portalFields, portalNumber, portalText, readLogo } from './portal-values.js';

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
    coerce: portalNumber('timeout_s', 'a number of seconds'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'Seconds without a client until the portal closes and your program continues',
  },
  'static-ip': {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalText('static_ip'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe:
      "Fixed address of the board in its network: 192.168.1.50/24,GATEWAY or 192.168.1.50/24,GATEWAY,DNS, or 'ask' for it on the page",
  },
  'portal-button': {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalNumber('button', 'a GPIO number'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'GPIO of a button that opens the portal when it is held within a second after the start',
  },
  language: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    choices: ['', ...LANGUAGES],
    describe: 'Language of the pages',
  },
  title: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalText('title'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: 'Heading of the sign-in page, up to 60 characters',
  },
  accent: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    coerce: portalText('accent'),
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe: "Colour of the buttons, such as '#0b62d6', on which white text is readable",
  },
  logo: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    complete: 'files',
    path: true,
    describe: 'SVG file for the top of the pages, up to 2 KB, without scripts and links',
  },
  field: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    isList: true,
    listOf: ['string', 'object'],
    coerce: portalFields,
    group: GROUP_PORTAL,
    mayBeEmpty: true,
    describe:
      "Field of the form, repeatable: 'mqtt=MQTT broker', 'port=Port;type=number;default=1883;required;hint=…'",
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
  packages: {
    type: 'string',
    requiresArg: true,
    fromProject: true,
    isList: true,
    listOf: ['string'],
    coerce: packageNames,
    describe:
      'Package that the program of --app needs, repeatable: umqtt.simple, github:org/repo@v1; see esp-portal add',
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

/**
 * Checks everything that can be checked before the port is opened.
 * @throws PortalError `usage`
 */
export async function portalOptions(
  args: OptionValues<typeof PORTAL_OPTIONS> & { readonly 'dry-run'?: boolean },
  context: Pick<CommandContext, 'host' | 'settings' | 'signal'>,
): Promise<Pick<InstallOptions, 'config' | 'app' | 'appFor' | 'main'>> {
  const config: PortalConfig = {
    essid: args.essid,
    password: args['ap-password'],
    ap_ip: args['ap-ip'],
    hostname: args.hostname,
    country: args.country,
    timeout_s: args['portal-timeout'],
    button: args['portal-button'],
    static_ip: args['static-ip'],
    language: args.language === '' ? null : args.language,
    title: args.title,
    accent: args.accent,
    logo: await readLogo(args.logo),
    fields: args.field,
  };
  const refuseLinksOut = context.settings.some(({ option, from }) => option === 'app' && from === 'project');
  const app = await readApp(args.app, { compiled: args['app-mpy'], refuseLinksOut });
  return { config, main: args.main, ...(await withPackages(app, args, context)) };
}

/** The program with its packages for nearly every board, and what finds packages for the rest. */
async function withPackages(
  app: InstallOptions['app'],
  args: PackageArgs,
  context: Pick<CommandContext, 'host' | 'settings' | 'signal'>,
): Promise<Pick<InstallOptions, 'app' | 'appFor'>> {
  const addPackages = await packageAdder(args, context);
  if (!addPackages) return { app };
  if (!app) {
    throw new PortalError(
      'usage',
      `"packages" are a part of your program: name its folder with --app, too.`,
      {
        next: 'Add --app DIR, or "app": "DIR" in esp-portal.json.',
      },
    );
  }
  const appFor: InstallOptions['appFor'] = (form) => addPackages(app, form);
  return { app: await appFor('mpy6'), appFor };
}

type PackageArgs = Pick<OptionValues<typeof PORTAL_OPTIONS>, 'packages'> & { readonly 'dry-run'?: boolean };

/** @returns what adds the packages to a program, `undefined` where there are none */
export async function packageAdder(
  args: PackageArgs,
  context: Pick<CommandContext, 'host' | 'settings' | 'signal'>,
): Promise<AddPackages | undefined> {
  const names = args.packages ?? [];
  if (names.length === 0) return undefined;
  const { programWithPackages } = await import('../../operations/packages/packages.js');
  const options = {
    ...packagesOptions(context),
    lockFile: lockFileOf(context.settings),
    isLockKept: args['dry-run'],
  };
  return (app, form) => programWithPackages(app, names, form, options);
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
