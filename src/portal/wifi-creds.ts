// The portal's credentials file, as far as the host needs it: which network, never the password.

import { isUtf8 } from 'node:buffer';

/** Where the portal keeps them, and where it writes them before it renames: device-py/credentials.py. */
export const CREDENTIALS_FILES: readonly string[] = ['wifi.creds', 'wifi.creds.new'];

const COMMA = 0x2c;

/**
 * The network's name in a credentials file: `ssid,password`, or `,<length of ssid>,<ssid><…>` where a comma is
 * part of either.
 * @returns `undefined` for a damaged file
 */
export function storedNetwork(file: Uint8Array): string | undefined {
  const ssid = storedSsid(file);
  return ssid && networkName(ssid);
}

/** An SSID as text: as it is where it is UTF-8, else with escapes as the portal writes them, `caf\\xe9`. */
export function networkName(ssid: Uint8Array): string {
  if (isUtf8(ssid)) return Buffer.from(ssid).toString();
  return Array.from(ssid, (byte) =>
    byte > 31 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

function storedSsid(file: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(file);
  const comma = bytes.indexOf(COMMA);
  if (comma > 0) return bytes.subarray(0, comma);
  const lengthEnd = bytes.indexOf(COMMA, 1);
  const length = Number(bytes.subarray(1, lengthEnd).toString('latin1'));
  if (comma !== 0 || lengthEnd < 2 || !Number.isInteger(length) || length < 1) return undefined;
  const ssid = bytes.subarray(lengthEnd + 1, lengthEnd + 1 + length);
  return ssid.length === length ? ssid : undefined;
}
