// The networks in range of a virtual board, for scans and joins. No timing, no state.

import { PortalError } from '../../errors.js';
import { parseJson } from '../../input/parse-json.js';
import { FileProblem, readRegularFileSync } from '../../input/regular-file.js';
import { utf8Text } from '../../input/utf8-text.js';
import { hexToText, textToHex } from './byte-text.js';

/** One access point in the air. */
export interface AirNetwork {
  /** See byte-text.ts: it need not be UTF-8. */
  readonly ssid: string;
  /** Empty: an open network. */
  readonly password: string;
  readonly channel: number;
  readonly rssi: number;
  readonly hidden: boolean;
  /** WPA2-Enterprise: needs a user name, which MicroPython cannot send. */
  readonly enterprise: boolean;
  /** How a join with the right password fails, if it does. */
  readonly fails: 'no-address' | 'out-of-range' | undefined;
  /** How long its DHCP server takes, once the station has joined. */
  readonly addressMs: number;
}

const MAX_FILE_BYTES = 1024 * 1024;

/** Networks in range by default. */
export const DEFAULT_AIR: readonly AirNetwork[] = [
  network('Home WiFi', 'correct horse', 6, -48),
  network('Smith, Jones & Co', 'comma,comma', 1, -61),
  network('Corner Café ☕', 'flat white', 11, -67),
  network('Free Library WiFi', '', 3, -72),
];

function network(ssid: string, password: string, channel: number, rssi: number): AirNetwork {
  return { ssid, password, channel, rssi, hidden: false, enterprise: false, fails: undefined, addressMs: 0 };
}

/**
 * @param path JSON file: a list of `{ssid or ssidHex, password, channel, rssi, hidden?, enterprise?, fails?, addressMs?}`
 * @throws PortalError `usage` when it cannot be read or an entry is invalid
 */
export function readAir(path: string): readonly AirNetwork[] {
  let parsed: unknown;
  try {
    parsed = parseJson(utf8Text(readRegularFileSync(path, { maxBytes: MAX_FILE_BYTES })));
  } catch (error) {
    const problem = error instanceof FileProblem ? error.message : `is not JSON: ${(error as Error).message}`;
    throw new PortalError('usage', `air=${path} ${problem}.`, { cause: error });
  }
  if (!Array.isArray(parsed)) {
    throw new PortalError(
      'usage',
      `air=${path}: a list of networks is expected, such as [{"ssid": "Home"}].`,
    );
  }
  return parsed.map((entry: unknown, index) => parseNetwork(entry, `air=${path}: network ${index + 1}`));
}

function parseNetwork(entry: unknown, where: string): AirNetwork {
  if (typeof entry !== 'object' || entry === null) throw wrong(where, 'is not an object');
  const given = new Map<string, unknown>(Object.entries(entry));
  const known = [
    'ssid',
    'ssidHex',
    'password',
    'channel',
    'rssi',
    'hidden',
    'enterprise',
    'fails',
    'addressMs',
  ];
  const unknown = [...given.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined) throw wrong(where, `has "${unknown}"; known are ${known.join(', ')}`);
  const password = given.get('password') ?? '';
  const ssid = given.has('ssidHex') ? fromHex(given.get('ssidHex'), where) : given.get('ssid');
  if (typeof ssid !== 'string' || !inBytes(ssid, 1, 32)) throw wrong(where, 'needs an ssid of 1 to 32 bytes');
  if (typeof password !== 'string' || (password !== '' && !inBytes(password, 8, 64))) {
    throw wrong(where, 'needs a password of 8 to 63 bytes, or "" for an open network');
  }
  return {
    ssid,
    password,
    channel: integer(given.get('channel') ?? 6, 1, 14, `${where}: channel`),
    rssi: integer(given.get('rssi') ?? -60, -120, 0, `${where}: rssi`),
    hidden: given.get('hidden') === true,
    enterprise: given.get('enterprise') === true,
    fails: failure(given.get('fails'), where),
    addressMs: integer(given.get('addressMs') ?? 0, 0, 600_000, `${where}: addressMs`),
  };
}

function failure(value: unknown, where: string): AirNetwork['fails'] {
  if (value === undefined || value === 'no-address' || value === 'out-of-range') return value;
  throw wrong(where, 'can fail with "no-address" or "out-of-range" only');
}

function fromHex(value: unknown, where: string): string {
  if (typeof value === 'string' && /^([\da-f]{2})+$/i.test(value)) return hexToText(value);
  throw wrong(where, 'needs an ssidHex of hexadecimal digits, two a byte');
}

function inBytes(text: string, min: number, max: number): boolean {
  const length = textToHex(text).length / 2;
  return length >= min && length <= max;
}

function integer(value: unknown, min: number, max: number, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw wrong(what, `has to be a whole number from ${min} to ${max}`);
}

function wrong(where: string, what: string): PortalError {
  return new PortalError('usage', `${where} ${what}.`);
}
