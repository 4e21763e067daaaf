// Options of `wifi`, and which of them fit together.

import { PortalError } from '../../../errors.js';
import type { OptionValues } from '../../command.js';
import type { OptionTable } from '../../options/option-table.js';
import { portalText } from '../../options/portal-values.js';
import { JOIN_OPTIONS } from '../../options/shared.js';

export const ACTIONS = ['scan', 'set', 'list', 'remove', 'status'] as const;

export const WIFI_OPTIONS = {
  ...JOIN_OPTIONS,
  verify: {
    type: 'boolean',
    default: true,
    describe: 'Join the network and store it only if that works (--no-verify: store it untried)',
  },
  field: {
    type: 'string',
    requiresArg: true,
    isOwn: true,
    isList: true,
    secret: true,
    coerce: fieldValues,
    describe: "Value of a field of the portal's form, repeatable: mqtt=broker.local",
  },
  'static-ip': {
    type: 'string',
    requiresArg: true,
    isOwn: true,
    coerce: portalText('static_ip'),
    mayBeEmpty: true,
    describe:
      "Fixed address of the board: 192.168.1.50/24,GATEWAY or 192.168.1.50/24,GATEWAY,DNS ('' for DHCP)",
  },
} as const satisfies OptionTable;

export type WifiValues = OptionValues<typeof WIFI_OPTIONS> & {
  readonly action: (typeof ACTIONS)[number];
  readonly ssid?: string;
};

interface FieldValue {
  readonly name: string;
  /** `undefined`: to be asked for. */
  readonly value: string | undefined;
}

/** @throws PortalError `usage`, without the value, which may be a password */
function fieldValues(text: string | undefined): FieldValue[] | undefined {
  return text?.split('\n').map((line) => {
    const [, name, value] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(line) ?? [];
    if (name !== undefined) return { name, value };
    throw new PortalError('usage', '--field takes NAME=VALUE, with the name of a field of the form.');
  });
}

/** @throws PortalError `usage` */
export function checkWifiWords({ action, ssid, open, verify, ...args }: WifiValues): void {
  const next = 'esp-portal wifi --help';
  const { 'password-stdin': fromStdin, field, 'static-ip': staticIp } = args;
  const isOnlySettings = ssid === undefined && (field !== undefined || staticIp !== undefined);
  const fail = (message: string): never => {
    throw new PortalError('usage', message, { next });
  };
  if (action === 'remove' && ssid === undefined) fail('wifi remove needs the name of a network.');
  if (action !== 'set' && action !== 'remove' && ssid !== undefined)
    fail(`wifi ${action} takes no name of a network, such as "${ssid}".`);
  if (action !== 'set') {
    if (open || !verify || fromStdin || field || staticIp !== undefined)
      fail('Only wifi set takes --open, --no-verify, --password-stdin, --field and --static-ip.');
    return;
  }
  if (staticIp === 'ask') fail('wifi set needs the address; install --static-ip ask puts it on the page.');
  if (open && fromStdin) fail('--open and --password-stdin exclude each other.');
  if (ssid === undefined && !verify) fail('--no-verify needs the name of the network: wifi set SSID.');
  if (isOnlySettings && (open || fromStdin))
    fail('--open and --password-stdin need the name of the network: wifi set SSID.');
}
