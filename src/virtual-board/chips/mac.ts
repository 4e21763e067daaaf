// The MAC address in a virtual board's efuses.

import { createHash } from 'node:crypto';

/**
 * @param name the board's name; the same name always has the same address
 * @param vendor the first three bytes
 * @returns six bytes
 */
export function boardMac(name: string, vendor: readonly number[]): Uint8Array {
  return Uint8Array.from([...vendor, ...createHash('sha256').update(name).digest().subarray(0, 3)]);
}
