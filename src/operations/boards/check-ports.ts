// Which boards a list of ports means, and what keeps them from being used, found out before anything is done to one.

import { access, realpath } from 'node:fs/promises';
import { PortalError } from '../../errors.js';
import {
  type BoardPort,
  boardsAmong,
  type DiscoveredPort,
  discoverPorts,
  portWithMac,
  portWithSerial,
} from '../../port/discovery/discovery.js';
import { problemAt } from '../../port/open.js';

/**
 * All boards that are connected.
 * @param devicesFolder as for discoverPorts
 * @throws PortalError `port-none`
 */
export async function allBoards(devicesFolder?: string): Promise<BoardPort[]> {
  const boards = boardsAmong(await discoverPorts(devicesFolder));
  if (boards.length === 0) throw new PortalError('port-none', 'No board was found on any USB port.');
  return boards;
}

/**
 * Checks ports that are to be used at the same time.
 * @param mayBeMissing a port that does not exist yet will be waited for
 * @throws PortalError `usage` for a board that is given twice; the code of the first port that cannot be used
 */
export async function checkPorts(
  addresses: readonly string[],
  {
    mayBeMissing = false,
    devicesFolder,
  }: { mayBeMissing?: boolean; devicesFolder?: string | undefined } = {},
): Promise<void> {
  const ports = await devicesOf(addresses, devicesFolder);
  const problems = await Promise.all(ports.map(({ address, device }) => problemOf(address, device)));
  const found = problems.filter(
    (problem) => problem !== undefined && !(mayBeMissing && problem.code === 'port-not-found'),
  );
  const [first] = found;
  if (first === undefined) return;
  if (addresses.length === 1) throw first;
  throw first.with({
    message: `${found.length} of ${addresses.length} boards cannot be used, so nothing was started. ${found.map((problem) => problem?.message).join(' ')}`,
  });
}

/**
 * The devices of ports, each of which is there once; an error for one that does not exist.
 * @throws PortalError `usage` for a board that is given twice
 */
export async function devicesOf(
  addresses: readonly string[],
  devicesFolder?: string,
): Promise<{ address: string; device: string | PortalError }[]> {
  const needsList = addresses.some((address) => /^(?:id|mac):/.test(address));
  const listed = needsList ? await discoverPorts(devicesFolder) : [];
  const ports: { address: string; device: string | PortalError }[] = [];
  for (const address of addresses) {
    const device = await deviceOf(address, listed);
    const other = ports.find((port) => typeof device === 'string' && port.device === device);
    if (other) throw givenTwice(address, other.address);
    ports.push({ address, device });
  }
  return ports;
}

function givenTwice(address: string, other: string): PortalError {
  const how = address === other ? '' : `: as ${other} and as ${address}`;
  return new PortalError('usage', `The same board is given twice${how || `: ${address}`}.`, {
    next: 'Name each board once.',
  });
}

/** What two addresses of one board have in common; an error where that is a port that does not exist. */
async function deviceOf(address: string, listed: readonly DiscoveredPort[]): Promise<string | PortalError> {
  const virtual = /^virtual:[^?]*/.exec(address)?.[0];
  if (virtual !== undefined) return virtual === 'virtual:' ? 'virtual:board' : virtual;
  const network = /^(?:socket|rfc2217):\/\/(.+)$/.exec(address)?.[1];
  if (network !== undefined) return network.toLowerCase();
  const [, scheme, id = ''] = /^(id|mac):(.*)$/.exec(address) ?? [];
  if (scheme === undefined) return await realpath(address).catch(() => address.toUpperCase());
  try {
    const { path } = scheme === 'id' ? portWithSerial(listed, id) : portWithMac(listed, id);
    return await realpath(path).catch(() => path.toUpperCase());
  } catch (error) {
    if (error instanceof PortalError && error.code === 'port-not-found') return error;
    throw error;
  }
}

async function problemOf(address: string, device: string | PortalError): Promise<PortalError | undefined> {
  if (device instanceof PortalError) return device;
  const isLocal = !/^(?:virtual:|socket:|rfc2217:)/.test(address);
  if (isLocal && process.platform !== 'win32') {
    const isThere = await access(device).then(
      () => true,
      () => false,
    );
    if (!isThere) return new PortalError('port-not-found', `There is no port ${address}.`);
  }
  return await problemAt(address, device);
}
