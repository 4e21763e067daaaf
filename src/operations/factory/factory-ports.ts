// The ports that the factory watches: those of USB boards, or named ones.

import { access } from 'node:fs/promises';
import { type BoardPlace, listBoardPlaces } from '../../port/discovery/discovery.js';

export type ListPlaces = () => Promise<readonly BoardPlace[]>;

/** @param devicesFolder as for discoverPorts */
export function usbPorts(devicesFolder?: string): ListPlaces {
  return () => listBoardPlaces(devicesFolder);
}

/** A path is there while its device is; any other address always is: whether a board answers shows when it is opened. */
export function namedPorts(addresses: readonly string[]): ListPlaces {
  return async () => {
    const isThere = await Promise.all(addresses.map(exists));
    return places(addresses.filter((_, index) => isThere[index]));
  };
}

/** Also those that are missing, which then fails. */
export function places(addresses: readonly string[]): BoardPlace[] {
  return addresses.map((address) => ({ address, place: address }));
}

async function exists(address: string): Promise<boolean> {
  if (!address.startsWith('/')) return true;
  return access(address).then(
    () => true,
    () => false,
  );
}
