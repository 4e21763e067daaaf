// The networks in range as the board's scan reports them, and the one that a person means. Uses no port.

import { PortalError } from '../../errors.js';
import { networkName } from '../../portal/wifi-creds.js';
import { foldName, literalSsid, type WantedByName, withoutEscapes } from './ssid.js';

/** One access point, as WLAN.scan() reports it. */
export type ScannedAccessPoint = [
  ssidHex: string,
  channel: number,
  rssi: number,
  security: number,
  isHidden: boolean,
];

/** `enterprise` needs a user name, which MicroPython cannot send. */
type NetworkKind = 'open' | 'password' | 'enterprise';

export interface FoundNetwork {
  /** As text, with escapes where it is no UTF-8; '' for a hidden network. */
  readonly ssid: string;
  readonly ssidHex: string;
  /** Of the strongest of its access points, in dBm. */
  readonly rssi: number;
  readonly channel: number;
  readonly accessPoints: number;
  readonly security: string;
  readonly kind: NetworkKind;
  readonly isHidden: boolean;
}

/** By wifi_auth_mode_t of ESP-IDF; an ESP8266 has the first five, and reports all others as 5. */
const SECURITY: readonly string[] = [
  ...['open', 'WEP', 'WPA', 'WPA2', 'WPA/WPA2', 'enterprise', 'WPA3', 'WPA2/WPA3', 'WAPI', 'OWE'],
  ...['WPA3-Enterprise', 'WPA3', 'WPA3', 'DPP', 'WPA3-Enterprise', 'WPA2/WPA3-Enterprise'],
];

/** @returns the networks, each name once, the strongest first; hidden ones last, one by one */
export function mergeNetworks(found: readonly ScannedAccessPoint[]): FoundNetwork[] {
  const byName = new Map<string, FoundNetwork>();
  const hidden: FoundNetwork[] = [];
  for (const accessPoint of [...found].sort((one, other) => other[2] - one[2])) {
    const network = describe(accessPoint);
    const known = byName.get(network.ssidHex);
    if (network.isHidden) hidden.push(network);
    else byName.set(network.ssidHex, known ? { ...known, accessPoints: known.accessPoints + 1 } : network);
  }
  return [...byName.values(), ...hidden];
}

function describe([ssidHex, channel, rssi, security]: ScannedAccessPoint): FoundNetwork {
  const isHidden = /^(?:00)*$/.test(ssidHex); // empty, or zeros
  return {
    ssid: isHidden ? '' : networkName(Buffer.from(ssidHex, 'hex')),
    ssidHex: isHidden ? '' : ssidHex,
    rssi,
    channel,
    accessPoints: 1,
    security: SECURITY[security] ?? `unknown (${security})`,
    kind: kindOf(security),
    isHidden,
  };
}

/** As device-py/networks.py. */
function kindOf(security: number): NetworkKind {
  if (security === 5 || security === 10 || security > 12) return 'enterprise';
  return security > 0 ? 'password' : 'open';
}

/** A network to join. */
export interface WantedNetwork {
  readonly ssid: Uint8Array;
  /** '' for an open network. */
  readonly password: string;
}

/**
 * The network of the scan that a typed name means: the same name, or one that equals it after quotes, spaces and accents were
 * folded, or one with the characters of its escapes. A name that is not in the scan is taken as typed: it may be a hidden network.
 * @throws PortalError `usage` if the network cannot be joined in this way
 */
export function findWanted(
  networks: readonly FoundNetwork[],
  { ssid, password }: WantedByName,
): WantedNetwork {
  const typed = Buffer.from(ssid);
  const visible = networks.filter(({ isHidden }) => !isHidden);
  const network =
    visible.find(({ ssidHex }) => ssidHex === typed.toString('hex')) ??
    visible.find((candidate) => foldName(candidate.ssid) === foldName(ssid)) ??
    visible.find((candidate) => candidate.ssid === withoutEscapes(ssid));
  if (!network) return { ssid: literalSsid(ssid), password };
  checkKind(network, password);
  return { ssid: Buffer.from(network.ssidHex, 'hex'), password };
}

/** @throws PortalError `usage` */
function checkKind({ ssid, kind, security }: FoundNetwork, password: string): void {
  if (kind === 'enterprise') {
    throw new PortalError(
      'usage',
      `"${ssid}" (${security}) asks for a user name, which MicroPython cannot send.`,
      { next: 'Choose another network: esp-portal wifi scan --port PORT' },
    );
  }
  if (kind === 'open' && password !== '') {
    throw new PortalError('usage', `"${ssid}" is an open network, and a password was given.`, {
      next: 'Run the same command again with --open instead of a password.',
    });
  }
  if (kind === 'password' && password === '') {
    throw new PortalError('usage', `"${ssid}" (${security}) has a password.`, {
      next: 'Run the same command again without --open.',
    });
  }
}
