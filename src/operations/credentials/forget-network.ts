// Reads and deletes the networks that the SDK on the board stores, in addition to the portal's file.

import builtIns from '../../board-scripts/common/built_ins.py';
import sdkNetwork from '../../board-scripts/facts/sdk_network.py';
import { assemble } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import { networkName } from '../../portal/wifi-creds.js';

/** What deletes a network wherever it is stored. */
export const ERASE_ALL = 'Erase the whole flash, with all files: esp-portal flash --erase --port PORT';

/** Prints the name that is stored, and with `forgets` what is stored after it was deleted. */
export function sdkNetworkProgram(forgets: boolean): string {
  return assemble([builtIns, sdkNetwork], { FORGETS: forgets });
}

/** @returns the network that the SDK stores, '' for none */
export async function networkInSdk(repl: RawRepl): Promise<string> {
  return nameIn(await repl.exec(sdkNetworkProgram(false)));
}

/**
 * The ESP8266's SDK stores the last network in its own flash sectors and joins it after power-up; storing an
 * empty one replaces it. An ESP32 keeps it in RAM only, which the restart clears.
 * @returns the network that it knew, '' for none
 * @throws PortalError `board-error` if it still stores one; as RawRepl.exec
 */
export async function forgetInSdk(repl: RawRepl): Promise<string> {
  const [before = '', after = ''] = (await repl.exec(sdkNetworkProgram(true))).trim().split(',');
  if (after !== '') {
    throw new PortalError('board-error', `The SDK still stores "${nameIn(after)}" after it was deleted.`, {
      likelyCause: 'The flash did not take the change: it is worn or write-protected.',
      next: ERASE_ALL,
    });
  }
  return nameIn(before);
}

function nameIn(hex: string): string {
  return networkName(Buffer.from(hex.trim(), 'hex'));
}
