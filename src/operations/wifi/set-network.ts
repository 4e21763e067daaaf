// wifi set: joins a network with the modules of the portal and stores it, so that the board joins it at every start.

import join from '../../board-scripts/wifi/join.py';
import { PortalError } from '../../errors.js';
import { isText } from '../../micropython/board-answer.js';
import type { Port } from '../../port/port.js';
import { networkName } from '../../portal/wifi-creds.js';
import type { FoundNetwork, WantedNetwork } from './networks.js';
import { scanOn } from './scan-networks.js';
import { execWithPortal, type WifiBoard, type WifiOptions, withWifi } from './wifi-session.js';

/** The network to set, or how it is chosen among those in range, while the board waits. */
export type NetworkChoice =
  | WantedNetwork
  | ((networks: readonly FoundNetwork[]) => Promise<WantedNetwork> | WantedNetwork);

export interface SetNetworkOptions extends WifiOptions {
  /** `false`: store the network without joining it. */
  readonly verify?: boolean | undefined;
}

export interface SetNetworkResult {
  readonly ssid: string;
  /** The board's address in the network; `undefined` if it was not joined. */
  readonly address: string | undefined;
}

type JoinAnswer = [address: string, reason: string, isStored: boolean];

/**
 * Joins the network, stores it only if that works, and restarts the board, whose program then starts.
 * @throws PortalError `wifi-join-failed`, `board-no-portal`, `board-no-wifi`, `board-error` if it cannot be stored; what the
 *   choice throws; the signal's reason
 */
export async function setNetwork(
  port: Port,
  choice: NetworkChoice,
  options: SetNetworkOptions = {},
): Promise<SetNetworkResult> {
  const { onProgress = () => {} } = options;
  return withWifi(port, options, { needsPortal: true }, async (board) => {
    let wanted = choice;
    if (typeof wanted === 'function') {
      onProgress({ event: 'step', step: 'scan-networks' });
      wanted = await wanted(await scanOn(board.repl));
    }
    return joinAndStore(board, wanted, options);
  });
}

async function joinAndStore(
  { session, repl }: WifiBoard,
  { ssid, password }: WantedNetwork,
  { verify = true, onProgress = () => {} }: SetNetworkOptions,
): Promise<SetNetworkResult> {
  const name = networkName(ssid);
  onProgress({ event: 'step', step: verify ? 'join-network' : 'store-network' });
  const parameters = { SSID: ssid, PASSWORD: Buffer.from(password), IS_TRIED: verify };
  const [address, reason, isStored] = await execWithPortal(repl, join, parameters, isJoinAnswer);
  if (reason !== '' && address === '') throw joinFailed(name, reason, password === '');
  if (!isStored) {
    throw new PortalError('board-error', `The board could not store "${name}": its file was not written.`, {
      likelyCause: 'The filesystem is full or damaged.',
      next: 'Look at the files on the board: esp-portal files ls --port PORT',
    });
  }
  session.leaves = `"${name}" is stored.`;
  return { ssid: name, address: address === '' ? undefined : address };
}

/** @param reason in the words of device-py/wifi_join.py */
function joinFailed(name: string, reason: string, isOpen: boolean): PortalError {
  const message = `The board could not join "${name}": ${reason}.`;
  const causes: Readonly<Record<string, string>> = {
    'connection failed': isOpen
      ? 'The network has a password.'
      : 'The router refused the board or did not answer.',
    'network not found':
      'The network is out of range, its name is misspelt, or it is on 5 GHz only, which most of these chips do not receive.',
    'no address': 'The router gave the board no address: its DHCP server is off, or has none left.',
  };
  const likelyCause = causes[reason];
  return new PortalError('wifi-join-failed', message, likelyCause === undefined ? {} : { likelyCause });
}

function isJoinAnswer(value: unknown): value is JoinAnswer {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [address, reason, isStored] = value;
  return isText(address) && isText(reason) && typeof isStored === 'boolean';
}
