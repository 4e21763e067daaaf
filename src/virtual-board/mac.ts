// The MAC address in a virtual board's efuses. Knows nothing of where it is used.

import { createHash } from 'node:crypto';

/** A block that Espressif has used for ESP8266. */
const VENDOR = [0x5c, 0xcf, 0x7f];

/**
 * @param name the board's name; the same name has the same address for ever
 * @returns six bytes
 */
export function boardMac(name: string): Uint8Array {
  return Uint8Array.from([...VENDOR, ...createHash('sha256').update(name).digest().subarray(0, 3)]);
}
