// wifi set: joins a network with the modules of the portal and stores it, so that the board joins it at every start; or stores
// only values of fields and a static address.

import join from '../../board-scripts/wifi/join.py';
import { PortalError } from '../../errors.js';
import { isText } from '../../micropython/board-answer.js';
import type { Port } from '../../port/port.js';
import { ADDRESS_NAME } from '../../portal/fields.js';
import { staticAddress, staticAddressFault } from '../../portal/static-address.js';
import { networkName } from '../../portal/wifi-creds.js';
import type { OperationOptions } from '../../progress.js';
import { storeSettings } from '../install/store-settings.js';
import { checkValues, type FieldValues, readFields, storeValues } from './field-values.js';
import type { FoundNetwork, WantedNetwork } from './networks.js';
import { scanOn } from './scan-networks.js';
import { execWithPortal, notWritten, type WifiBoard, withWifi } from './wifi-session.js';
import { mdnsName } from './wifi-status.js';

/** The network to set, or how it is chosen among those in range, while the board waits. */
export type NetworkChoice =
  | WantedNetwork
  | ((networks: readonly FoundNetwork[]) => Promise<WantedNetwork> | WantedNetwork);

export interface SetNetworkOptions extends OperationOptions {
  /** `false`: store the network without joining it. */
  readonly verify?: boolean | undefined;
  /** Values of the portal's custom fields, stored with the network. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** As PortalConfig.static_ip, used to join and stored if that works; `null`: from the network. */
  readonly staticIp?: string | null | undefined;
  /** Called with values of fields of the type `password` before they are sent. */
  readonly onSecret?: ((value: string) => void) | undefined;
}

export interface SetNetworkResult {
  /** `undefined` if no network was to be set. */
  readonly ssid: string | undefined;
  /** The board's address in the network; `undefined` if it was not joined. */
  readonly address: string | undefined;
  /** Its name for other computers of the network, where the firmware answers it. */
  readonly mdnsName?: string | undefined;
}

type JoinAnswer = [address: string, reason: string, isStored: boolean, host: string];

/**
 * Joins the network, stores it only if that works, and restarts the board, whose program then starts.
 * @param choice `undefined`: only fields and the static address are set
 * @throws PortalError `usage` for a field that the portal does not have, a value that does not fit, or a static address that
 *   cannot work; `wifi-join-failed`, `board-no-portal`, `board-no-wifi`, `board-error` if it cannot be stored; what the choice
 *   throws; the signal's reason
 */
export async function setNetwork(
  port: Port,
  choice: NetworkChoice | undefined,
  options: SetNetworkOptions = {},
): Promise<SetNetworkResult> {
  const { onProgress = () => {}, staticIp, signal } = options;
  const fault = staticIp == null ? undefined : staticAddressFault(staticIp);
  if (fault !== undefined) throw new PortalError('usage', `Static address ${staticIp}: ${fault}.`);
  return withWifi(port, options, { needsPortal: true }, async (board) => {
    const values = await checkedValues(board, options);
    const result = await setOn(board, choice, values, options);
    if (staticIp !== undefined && !values.has(ADDRESS_NAME)) {
      onProgress({ event: 'step', step: 'store-settings' });
      await storeSettings(board.session, { static_ip: staticIp }, signal);
    }
    return result;
  });
}

/** Of fields that the board's portal has; a static address is one where the form asks for it. */
async function checkedValues(
  { repl }: WifiBoard,
  { fields = {}, staticIp, onSecret = () => {} }: SetNetworkOptions,
): Promise<FieldValues> {
  const values = new Map(Object.entries(fields));
  if (values.size === 0 && staticIp === undefined) return values;
  const known = await readFields(repl);
  if (staticIp !== undefined && known.some(({ name }) => name === ADDRESS_NAME))
    values.set(ADDRESS_NAME, staticIp ?? '');
  for (const { name, type } of known) if (type === 'password') onSecret(values.get(name) ?? '');
  checkValues(known, values);
  return values;
}

async function setOn(
  board: WifiBoard,
  choice: NetworkChoice | undefined,
  values: FieldValues,
  options: SetNetworkOptions,
): Promise<SetNetworkResult> {
  const { onProgress = () => {} } = options;
  if (choice === undefined) {
    if (values.size > 0) {
      onProgress({ event: 'step', step: 'store-settings' });
      await storeValues(board.repl, values);
      board.session.leaves = 'The values of the fields are stored.';
    }
    return { ssid: undefined, address: undefined };
  }
  if (typeof choice !== 'function') return joinAndStore(board, choice, values, options);
  onProgress({ event: 'step', step: 'scan-networks' });
  return joinAndStore(board, await choice(await scanOn(board.repl)), values, options);
}

async function joinAndStore(
  { session, repl, platform }: WifiBoard,
  { ssid, password }: WantedNetwork,
  values: FieldValues,
  { verify = true, staticIp, onProgress = () => {} }: SetNetworkOptions,
): Promise<SetNetworkResult> {
  const name = networkName(ssid);
  onProgress({ event: 'step', step: verify ? 'join-network' : 'store-network' });
  const parameters = {
    SSID: ssid,
    PASSWORD: Buffer.from(password),
    IS_TRIED: verify,
    HAS_VALUES: values.size > 0,
    VALUES: values,
    HAS_ADDRESS: staticIp !== undefined,
    STATIC_IP: staticIp == null ? [] : staticAddress(staticIp),
  };
  const [address, reason, isStored, host] = await execWithPortal(repl, join, parameters, isJoinAnswer);
  if (reason !== '' && address === '') throw joinFailed(name, reason, password === '');
  if (!isStored) throw notWritten(`"${name}"`);
  session.leaves = `"${name}" is stored.`;
  if (address === '') return { ssid: name, address: undefined };
  return { ssid: name, address, mdnsName: mdnsName(host, platform) };
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
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [address, reason, isStored, host] = value;
  return [address, reason, host].every(isText) && typeof isStored === 'boolean';
}
