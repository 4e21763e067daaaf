// Options of `wifi`, and which of them fit together.

import { PortalError } from '../../../errors.js';
import type { OptionValues } from '../../command.js';
import type { OptionTable } from '../../options/option-table.js';
import { portalText } from '../../options/portal-values.js';
import { FIELD_VARIABLE, JOIN_OPTIONS, PASSWORD_VARIABLE } from '../../options/shared.js';

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
  'field-stdin': {
    type: 'boolean',
    default: false,
    isOwn: true,
    describe: `Read the value of each --field without one from standard input, a line each (otherwise: $${FIELD_VARIABLE}NAME, or a question)`,
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
  /** `undefined`: from standard input, the environment or a question. */
  readonly value: string | undefined;
}

/** @throws PortalError `usage`, without the value, which may be a password */
function fieldValues(text: string | undefined): FieldValue[] | undefined {
  const fields = text?.split('\n').map((line) => {
    const [, name, value] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(line) ?? [];
    if (name !== undefined) return { name, value };
    throw new PortalError('usage', '--field takes NAME=VALUE, with the name of a field of the form.');
  });
  const names = fields?.map(({ name }) => name) ?? [];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new PortalError('usage', `--field names ${twice} twice.`);
  return fields;
}

/** @throws PortalError `usage` */
export function checkWifiWords({ action, ssid, open, verify, ...args }: WifiValues): void {
  const next = 'esp-portal wifi --help';
  const { 'password-stdin': fromStdin, field, 'field-stdin': fieldFromStdin, 'static-ip': staticIp } = args;
  const isOnlySettings = ssid === undefined && (field !== undefined || staticIp !== undefined);
  const fail = (message: string): never => {
    throw new PortalError('usage', message, { next });
  };
  if (action === 'remove' && ssid === undefined) fail('wifi remove needs the name of a network.');
  if (action !== 'set' && action !== 'remove' && ssid !== undefined)
    fail(`wifi ${action} takes no name of a network, such as "${ssid}".`);
  if (action !== 'set') {
    if (open || !verify || fromStdin || field || fieldFromStdin || staticIp !== undefined)
      fail(
        'Only wifi set takes --open, --no-verify, --password-stdin, --field, --field-stdin and --static-ip.',
      );
    return;
  }
  if (staticIp === 'ask') fail('wifi set needs the address; install --static-ip ask puts it on the page.');
  if (open && fromStdin) fail('--open and --password-stdin exclude each other.');
  if (fieldFromStdin && fromStdin)
    fail(
      `--password-stdin and --field-stdin exclude each other: set $${PASSWORD_VARIABLE} or $${FIELD_VARIABLE}NAME.`,
    );
  if (fieldFromStdin && !field?.some(({ value }) => value === undefined))
    fail('--field-stdin needs a field without a value, such as --field key.');
  if (ssid === undefined && !verify) fail('--no-verify needs the name of the network: wifi set SSID.');
  if (isOnlySettings && (open || fromStdin))
    fail('--open and --password-stdin need the name of the network: wifi set SSID.');
}
