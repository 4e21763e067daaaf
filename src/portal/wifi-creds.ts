// The portal's credentials file, as far as the host needs it: which network, never the password.

/** Where the portal keeps them, and where it writes them before it renames: device-py/credentials.py. */
export const CREDENTIALS_FILES: readonly string[] = ['wifi.creds', 'wifi.creds.new'];

const COMMA = 0x2c;

/**
 * The network's name in a credentials file: `ssid,password`, or `,<length of ssid>,<ssid><…>` where a comma is
 * part of either.
 * @returns `undefined` for a damaged file
 */
export function storedNetwork(file: Uint8Array): string | undefined {
  const bytes = Buffer.from(file);
  const comma = bytes.indexOf(COMMA);
  if (comma > 0) return bytes.subarray(0, comma).toString('utf8');
  const lengthEnd = bytes.indexOf(COMMA, 1);
  const length = Number(bytes.subarray(1, lengthEnd).toString('latin1'));
  if (comma !== 0 || lengthEnd < 2 || !Number.isInteger(length) || length < 1) return undefined;
  const ssid = bytes.subarray(lengthEnd + 1, lengthEnd + 1 + length);
  return ssid.length === length ? ssid.toString('utf8') : undefined;
}
