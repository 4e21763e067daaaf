// Names and passwords of networks: what can be one, and which names mean the same network.

import { PortalError } from '../../errors.js';

const MAX_SSID_BYTES = 32;

/** Control characters; halves of a character, and what stands for bytes that are not UTF-8. */
const NOT_TEXT = /[\p{Cc}\p{Cs}\ufffd]/u;

/** @throws PortalError `usage` for what no network can be called */
export function checkSsid(ssid: string): void {
  if (NOT_TEXT.test(ssid))
    throw new PortalError('usage', 'The name of a network here is UTF-8 text without control characters.');
  checkLength(Math.min(Buffer.byteLength(ssid), Buffer.byteLength(withoutEscapes(ssid))));
}

/**
 * The name of a network that no scan has found.
 * @throws PortalError `usage`
 */
export function literalSsid(ssid: string): Uint8Array {
  const bytes = Buffer.from(ssid);
  checkLength(bytes.length);
  return bytes;
}

function checkLength(bytes: number): void {
  if (bytes >= 1 && bytes <= MAX_SSID_BYTES) return;
  throw new PortalError('usage', `The name of a network has 1 to ${MAX_SSID_BYTES} bytes, not ${bytes}.`);
}

/** The name that a person copied from a terminal, which shows some characters as `\x0a`, `\u200d` or `\u{e0001}`. */
export function withoutEscapes(name: string): string {
  const shown = /\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,5})\})/gi;
  return name.replace(shown, (_all, two?: string, four?: string, more?: string) =>
    String.fromCodePoint(Number.parseInt(two ?? four ?? more ?? '', 16)),
  );
}

/**
 * @param password it is not repeated in the message
 * @throws PortalError `usage` for what WPA does not take
 */
export function checkPassword(password: string): void {
  if (/^[\da-f]{64}$/i.test(password) || /^[ -~]{8,63}$/.test(password)) return;
  const ascii = /^[ -~]*$/.test(password) ? '' : ', not all of them ASCII';
  throw new PortalError(
    'usage',
    `A WiFi password has 8 to 63 ASCII characters, or it is a key of 64 hex digits; this one has ${password.length}${ascii}.`,
    { next: 'For a network without a password, add --open.' },
  );
}

/**
 * A name with plain quotes, single spaces and composed accents: a hotspot may be called `Jim’s iPhone`, and users
 * type a plain apostrophe.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A network by the name that a person types; see findWanted. */
export interface WantedByName {
  readonly ssid: string;
  /** '' for an open network. */
  readonly password: string;
}
