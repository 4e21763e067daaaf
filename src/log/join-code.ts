// The text of a QR code with which a phone joins a WiFi, as iOS and Android read it. Imports nothing.

/** What a name is printed with that is no UTF-8, or has characters that are not shown: its bytes are not known. */
const ESCAPED = /\\x[\da-f]{2}/;
const MAX_SSID_BYTES = 32;

/**
 * @param ssid as the portal prints it
 * @param password of WPA2; without it the network is open
 * @returns `undefined` for a name whose bytes are not known
 */
export function joinCode(ssid: string, password?: string): string | undefined {
  const bytes = Buffer.byteLength(ssid);
  if (bytes === 0 || bytes > MAX_SSID_BYTES || ESCAPED.test(ssid)) return undefined;
  return password === undefined
    ? `WIFI:T:nopass;S:${escaped(ssid)};;`
    : `WIFI:T:WPA;S:${escaped(ssid)};P:${escaped(password)};;`;
}

function escaped(text: string): string {
  return text.replace(/[\\;,:"]/g, '\\$&');
}
