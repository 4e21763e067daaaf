// esp-portal wifi

import { PortalError } from '../../../errors.js';
import type { FoundNetwork, WantedNetwork } from '../../../operations/wifi/networks.js';
import type { SetNetworkResult } from '../../../operations/wifi/set-network.js';
import type { WifiStatus } from '../../../operations/wifi/wifi-status.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import type { Outcome } from '../../report/reporter.js';
import { ACTIONS, checkWifiWords, WIFI_OPTIONS, type WifiValues } from './wifi-options.js';

export const wifiCommand = defineCommand({
  name: 'wifi',
  severalBoards: { refuses: ['password-stdin', 'field-stdin', 'static-ip'] },
  summary: 'Scan for networks, and set, list or remove those that the board joins',
  details: [
    '`scan` lists the networks that the board sees, the strongest first. `set [SSID]` joins a network and stores it; without SSID a terminal asks which one. `list` prints the names of the stored networks, the last used one first, `remove SSID` removes one, `status` shows how the board is connected. Passwords are never printed.',
    '`set` reads the password from a question on a terminal, from standard input (`--password-stdin`) or from `$ESP_PORTAL_WIFI_PASSWORD`: not from an argument, which other users of the computer could see. 64 hex digits are taken as the key (PSK). If the board cannot join, nothing is stored, and the error has the reason.',
    '`set --field mqtt=broker.local` sets a field that the form of the portal has, and `--static-ip` the address of the board, each also without SSID. The value of a field without one (`--field key`) comes, as the password, from a question on a terminal, from standard input (`--field-stdin`) or from `$ESP_PORTAL_FIELD_KEY`, with the name of the field in upper case.',
    'A name with a plain apostrophe, quote or space also means a network in range whose name has the typographic one, such as `Jim’s iPhone`. Escapes that `scan` and `list` show, such as `\\x0a`, are understood; a name that begins with a hyphen goes last, after `--`.',
    '`set`, `list` and `remove` use the portal on the board. The program on the board is stopped meanwhile and the board restarts at the end, so that the program starts; at its prompt, `status` leaves it there.',
  ],
  options: WIFI_OPTIONS,
  positionals: [
    { name: 'action', describe: 'What to do', choices: ACTIONS },
    { name: 'ssid', describe: 'Name of the network, for set and remove', isOptional: true },
  ],
  examples: [
    ['wifi scan', 'list the networks that the board sees'],
    ['wifi set "Home WiFi"', 'join a network; the password is asked for'],
    ['wifi set "Home WiFi" --password-stdin < password.txt', 'the same in a script'],
    ['wifi set --field mqtt=broker.local', 'set a field of the form, without a phone'],
    [
      'wifi set --field key --field-stdin < key.txt',
      'set a field in a script, without its value in an argument',
    ],
    ['wifi list --json', 'print the stored networks as JSON'],
    ['wifi remove "Home WiFi"', 'remove one of the stored networks'],
    ['wifi status', 'show the network, the address and the signal'],
  ],
  async run(args, context) {
    const values = args as unknown as WifiValues;
    checkWifiWords(values);
    return ACTS[values.action](values, context);
  },
});

type Act = (values: WifiValues, context: CommandContext) => Promise<Outcome>;

const ACTS: Readonly<Record<WifiValues['action'], Act>> = {
  async scan(_values, context) {
    const { scanNetworks } = await import('../../../operations/wifi/scan-networks.js');
    const { networks, has5GHz } = await scanNetworks(await context.openPort(), operationOptions(context));
    const without5GHz = 'Networks on 5 GHz are not listed: this chip receives 2.4 GHz only.';
    return {
      fields: { networks, has5GHz },
      lines: [...describeNetworks(networks), ...(has5GHz ? [] : [without5GHz])],
      isListing: true,
    };
  },
  async set(values, context) {
    const choice = await choiceOf(values, context);
    const { fieldValues } = await import('./field-input.js');
    const fields = await fieldValues(values, context);
    const { setNetwork } = await import('../../../operations/wifi/set-network.js');
    const { verify, 'static-ip': staticIp } = values;
    const result = await setNetwork(await context.openPort(), choice, {
      ...operationOptions(context),
      ...{ verify, fields, staticIp },
      onSecret: (value) => context.redactor.addValue(value),
    });
    const names = Object.keys(fields);
    const stored = names.length > 0 ? { fields: names } : {};
    return {
      fields: { ...result, verified: result.ssid !== undefined && verify, ...stored },
      lines: [
        ...describeJoin(result),
        ...(names.length > 0 ? [`Fields stored: ${names.join(', ')}.`] : []),
        ...(staticIp === undefined ? [] : [describeAddress(staticIp)]),
      ],
    };
  },
  async list(_values, context) {
    const { listNetworks } = await import('../../../operations/wifi/stored-networks.js');
    const networks = await listNetworks(await context.openPort(), operationOptions(context));
    return {
      fields: { networks },
      lines: networks.length > 0 ? networks.map(shownName) : ['No network is stored.'],
      isListing: true,
    };
  },
  async remove({ ssid = '' }, context) {
    const { quoted, removeNetwork } = await import('../../../operations/wifi/stored-networks.js');
    const result = await removeNetwork(await context.openPort(), ssid, operationOptions(context));
    const left = quoted(result.networks);
    return {
      fields: { ...result },
      lines: [
        `Removed: "${result.removed}". ${left === '' ? 'No network is stored now' : `Stored: ${left}`}.`,
      ],
    };
  },
  async status(_values, context) {
    const { wifiStatus } = await import('../../../operations/wifi/wifi-status.js');
    const status = await wifiStatus(await context.openPort(), operationOptions(context));
    return { fields: { ...status }, lines: describeStatus(status), isListing: true };
  },
};

function operationOptions({ reporter, signal }: CommandContext) {
  return { signal, onProgress: reporter.progress.bind(reporter) };
}

/** The network to set: as named, or as chosen from a scan; none if only fields or a static address are to be set. */
async function choiceOf(values: WifiValues, context: CommandContext) {
  const { ssid, verify, json, field, 'static-ip': staticIp } = values;
  const { findWanted } = await import('../../../operations/wifi/networks.js');
  if (ssid === undefined) {
    if (field !== undefined || staticIp !== undefined) return undefined;
    const { isInteractive } = await import('../../terminal/ask.js');
    if (!isInteractive(context.host, json))
      throw new PortalError('usage', 'wifi set needs the name of a network where it cannot ask.', {
        next: 'esp-portal wifi set SSID. To see the networks in range: esp-portal wifi scan',
      });
    return (networks: readonly FoundNetwork[]) => chooseNetwork(networks, values, context);
  }
  const { wantedNetwork } = await import('../../terminal/secrets/wifi-password.js');
  const { literalSsid } = await import('../../../operations/wifi/ssid.js');
  const wanted = await wantedNetwork(ssid, values, context);
  if (!verify) return { ssid: literalSsid(wanted.ssid), password: wanted.password };
  return (networks: readonly FoundNetwork[]) => findWanted(networks, wanted);
}

/** Asks a person, while the board waits at its prompt. */
async function chooseNetwork(
  networks: readonly FoundNetwork[],
  values: WifiValues,
  context: CommandContext,
): Promise<WantedNetwork> {
  const { askNumber } = await import('../../terminal/ask.js');
  const { wifiPassword } = await import('../../terminal/secrets/wifi-password.js');
  const offered = networks.filter(
    ({ kind, isHidden }) => !isHidden && (values.open ? kind === 'open' : kind !== 'enterprise'),
  );
  if (offered.length === 0)
    throw new PortalError('usage', 'The board sees no network that it can join.', {
      next: 'Move the board, or name a hidden network: esp-portal wifi set SSID',
    });
  context.reporter.milestone(
    offered.map((network, index) => `${String(index + 1).padStart(3)}  ${describeNetwork(network)}`),
  );
  const { stdin: input, stderr: output } = context.host;
  const index = await askNumber('Which network?', offered.length, { input, output }, context.signal);
  const network = offered[index ?? -1];
  if (!network) throw new PortalError('usage', 'No network was chosen.');
  const password = network.kind === 'open' ? '' : await wifiPassword(network.ssid, values, context);
  return { ssid: Buffer.from(network.ssidHex, 'hex'), password };
}

function describeJoin({ ssid, address, mdnsName }: SetNetworkResult): string[] {
  if (ssid === undefined) return [];
  return address === undefined
    ? [`"${ssid}" is stored untried. The board restarts and tries it.`]
    : [
        `The board joined "${ssid}" at ${address} and stored it. It restarts with it.`,
        ...(mdnsName === undefined ? [] : [`mDNS name: ${mdnsName}`]),
      ];
}

function describeAddress(staticIp: string | null): string {
  return staticIp === null
    ? 'The board takes its address from the network.'
    : `Static address: ${staticIp}. The board restarts and uses it.`;
}

function describeNetworks(networks: readonly FoundNetwork[]): string[] {
  return networks.length > 0 ? networks.map(describeNetwork) : ['The board sees no network.'];
}

function describeNetwork({
  ssid,
  rssi,
  channel,
  security,
  kind,
  accessPoints,
  isHidden,
}: FoundNetwork): string {
  const name = isHidden ? '(hidden)' : shownName(ssid);
  const notes = [
    ...(accessPoints > 1 ? [`${accessPoints} access points`] : []),
    ...(kind === 'enterprise' ? ['needs a user name: not supported'] : []),
  ];
  const note = notes.length > 0 ? `  (${notes.join('; ')})` : '';
  return `${String(rssi).padStart(4)} dBm  channel ${String(channel).padStart(3)}  ${security.padEnd(10)}  ${name}${note}`;
}

/** Whole: of a sequence that sets a colour, which a terminal is not shown, the name is typed again. */
function shownName(ssid: string): string {
  return ssid.replaceAll('\x1b', String.raw`\x1b`);
}

function describeStatus(status: WifiStatus): string[] {
  const { isConnected, ssid, address, netmask, gateway, dns, rssi, channel, hostname, mdnsName } = status;
  const host = hostname === undefined ? [] : [`Host name: ${hostname}`];
  if (!isConnected) return ['The board is not connected to a network.', ...host];
  return [
    `Network: ${ssid ?? '(unknown)'}`,
    `Address: ${address} (netmask ${netmask}, gateway ${gateway}, DNS ${dns})`,
    ...(rssi === undefined
      ? []
      : [`Signal: ${rssi} dBm${channel === undefined ? '' : `, channel ${channel}`}`]),
    ...host,
    ...(mdnsName === undefined ? [] : [`mDNS name: ${mdnsName}`]),
  ];
}
