// The portal's credentials file, as far as the host needs it: which networks, never a password.

import { isUtf8 } from 'node:buffer';

/** Where the portal keeps them, and where it writes them before it renames: device-py/credentials.py. */
export const CREDENTIALS_FILES: readonly string[] = ['wifi.creds', 'wifi.creds.new'];

/** The portal stores up to 8 networks. */
const MAX_NETWORKS = 8;
const MAX_SSID_BYTES = 32;

const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** What a credentials file says. */
export interface StoredNetworks {
  /** Names of the networks, the last used one first. */
  readonly ssids: readonly string[];
  /** Lines without a readable name. */
  readonly damagedLines: number;
}

/**
 * Reads a credentials file: a line for each network, `ssid,password`, or `,<length of ssid>,<ssid>,<password>` where a
 * comma or a control character is part of either.
 */
export function storedNetworks(file: Uint8Array): StoredNetworks {
  const ssids: string[] = [];
  let damagedLines = 0;
  let rest: Buffer<ArrayBufferLike> = Buffer.from(file);
  // A file of earlier versions has one network without a newline at its end, but perhaps in its SSID.
  const isOne = rest.at(-1) !== NEWLINE && rest.indexOf(COMMA) === rest.lastIndexOf(COMMA);
  while (rest.length > 0) {
    const record = readRecord(rest, isOne);
    if (record) ssids.push(networkName(record.ssid));
    else damagedLines++;
    rest = rest.subarray(record?.lengthBytes ?? lineEnd(rest, 0));
  }
  return { ssids: ssids.slice(0, MAX_NETWORKS), damagedLines };
}

/** An SSID as text: as it is where it is UTF-8, else with escapes as the portal writes them, `caf\\xe9`. */
export function networkName(ssid: Uint8Array): string {
  if (isUtf8(ssid)) return Buffer.from(ssid).toString();
  return Array.from(ssid, (byte) =>
    byte > 31 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

interface StoredRecord {
  readonly ssid: Uint8Array;
  /** With the newline. */
  readonly lengthBytes: number;
}

function readRecord(bytes: Buffer, isOne: boolean): StoredRecord | undefined {
  let start = 0;
  let end = bytes.indexOf(COMMA);
  const isPlain = end !== 0;
  if (!isPlain) {
    start = bytes.indexOf(COMMA, 1) + 1;
    const digits = bytes.subarray(1, start - 1).toString('latin1');
    end = start > 2 && /^\d{1,2}$/.test(digits) ? start + Number(digits) : -1;
  }
  if (end <= start || end > start + MAX_SSID_BYTES || bytes[end] !== COMMA) return undefined;
  const lengthBytes = lineEnd(bytes, isPlain && !isOne ? 0 : end);
  if (lengthBytes <= end) return undefined;
  if (isPlain && bytes.subarray(end + 1, lengthBytes).includes(COMMA)) return undefined;
  return { ssid: bytes.subarray(start, end), lengthBytes };
}

function lineEnd(bytes: Buffer, from: number): number {
  return bytes.indexOf(NEWLINE, from) + 1 || bytes.length;
}
