// The user's own names of boards: where they are kept, and what --port means by one.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PortalError } from '../errors.js';
import { didYouMean, nearest } from '../input/did-you-mean.js';
import { userFolder } from '../input/user-folder.js';
import { type BoardNames, mayBeName, nameOf, readBoardNames } from '../operations/boards/names.js';
import type { Host } from './host.js';

export function namesFile({ env }: Pick<Host, 'env'>): string {
  return join(userFolder('config', env), 'boards.json');
}

/**
 * The address of what --port names.
 * @throws PortalError `usage` for a file that does not hold names, `port-not-found` for a word that is nearly a name
 */
export async function addressOf(port: string, host: Pick<Host, 'env'>): Promise<string> {
  if (!mayBeName(port)) return port;
  return addressIn(await readBoardNames(namesFile(host)), port);
}

/**
 * The same where the port is waited for: a word must be a name, or a device that is there.
 * @throws PortalError `usage`, `port-not-found`
 */
export async function addressOfBoard(port: string, host: Pick<Host, 'env'>): Promise<string> {
  const address = await addressOf(port, host);
  if (address !== port || !mayBeName(port) || existsSync(port)) return address;
  throw new PortalError('port-not-found', `No board is called ${port}.`, { next: 'esp-portal ports' });
}

/** @throws PortalError `port-not-found` */
export function addressIn(names: BoardNames, port: string): string {
  const address = names.get(port);
  if (address !== undefined) return address;
  const guess = mayBeName(port) && !existsSync(port) ? nearest(port, [...names.keys()]) : undefined;
  if (guess === undefined) return port;
  throw new PortalError('port-not-found', `No board is called ${port}.${didYouMean(guess)}`, {
    next: 'esp-portal ports',
  });
}

/** How lines show a port: by its name, else without the options of a virtual board, which do not identify it. */
export function labelOf(address: string, names: BoardNames): string {
  const name = nameOf({ path: address }, names);
  return name ?? (address.startsWith('virtual:') ? address.replace(/\?.*$/s, '') : address);
}
