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
    const ports = await Promise.all(
      addresses.map(async (address) => {
        const isPath = address.startsWith('/');
        const isThere =
          !isPath ||
          (await access(address).then(
            () => true,
            () => false,
          ));
        return isThere ? [{ address, place: address }] : [];
      }),
    );
    return ports.flat();
  };
}
