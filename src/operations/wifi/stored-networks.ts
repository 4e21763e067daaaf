// wifi list and wifi remove: the networks that the portal on a board stores. Passwords do not leave the board.

import stored from '../../board-scripts/wifi/stored.py';
import { PortalError } from '../../errors.js';
import { isListOf, isText, parseHex } from '../../micropython/board-answer.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { Port } from '../../port/port.js';
import { networkName } from '../../portal/wifi-creds.js';
import type { OperationOptions } from '../../progress.js';
import { forgetInSdk, networkInSdk } from '../credentials/forget-network.js';
import { foldName, withoutEscapes } from './ssid.js';
import { execWithPortal, withWifi } from './wifi-session.js';

/**
 * @returns names of the stored networks, the last used one first
 * @throws PortalError as withWifi
 */
export async function listNetworks(port: Port, options: OperationOptions = {}): Promise<string[]> {
  return withWifi(port, options, { needsPortal: true }, async ({ repl }) => {
    options.onProgress?.({ event: 'step', step: 'read-networks' });
    return (await storedOn(repl)).map(networkName);
  });
}

export interface RemoveNetworkResult {
  readonly removed: string;
  /** Names of those that are left. */
  readonly networks: readonly string[];
}

/**
 * Removes a network from the portal's file, and from the memory of an ESP8266's SDK if it is the one that is there.
 * @param name as listed, or as typed: see foldName
 * @throws PortalError `usage` if it is not stored; as withWifi
 */
export async function removeNetwork(
  port: Port,
  name: string,
  options: OperationOptions = {},
): Promise<RemoveNetworkResult> {
  return withWifi(port, options, { needsPortal: true }, async ({ session, repl }) => {
    options.onProgress?.({ event: 'step', step: 'forget' });
    const known = await storedOn(repl);
    const inSdk = await networkInSdk(repl);
    const names = [...new Set([...known.map(networkName), ...(inSdk === '' ? [] : [inSdk])])];
    const removed =
      names.find((each) => each === name) ??
      names.find((each) => foldName(each) === foldName(name)) ??
      names.find((each) => each === withoutEscapes(name));
    if (removed === undefined) throw notStored(name, names);
    session.leaves = 'The network may be removed in part; the same command finishes this.';
    const ssid = known.find((each) => networkName(each) === removed);
    const left = ssid ? await storedOn(repl, ssid) : known;
    if (inSdk === removed) await forgetInSdk(repl);
    if (left.some((each) => networkName(each) === removed)) {
      throw new PortalError('board-error', `"${removed}" is still stored after it was removed.`, {
        likelyCause: 'The filesystem is full or damaged.',
      });
    }
    session.leaves = `"${removed}" is removed.`;
    return { removed, networks: left.map(networkName) };
  });
}

function notStored(name: string, names: readonly string[]): PortalError {
  const list = names.length > 0 ? `It stores ${quoted(names)}` : 'It stores none';
  return new PortalError('usage', `The board does not store a network "${name}". ${list}.`, {
    next: 'List the stored networks: esp-portal wifi list --port PORT',
  });
}

/** Not with commas: where a network is called `psk`, the next name would be masked like a password. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join('; ');
}

/** @param removes is removed first */
async function storedOn(repl: RawRepl, removes?: Uint8Array): Promise<Uint8Array[]> {
  const parameters = { REMOVES: removes !== undefined, SSID: removes ?? '' };
  return (await execWithPortal(repl, stored, parameters, isListOf(isText))).map(parseHex);
}
