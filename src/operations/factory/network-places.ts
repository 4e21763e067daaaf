// Boards behind ser2net in the local networks, as places that the factory watches: asked again and again, because
// stations come and go.

import { delay } from '../../delay.js';
import { findNetworkPorts, type NetworkSearch, networkBoards } from '../../port/network/network-ports.js';
import type { ListPlaces } from './factory-ports.js';

const ASK_AGAIN_MS = 10_000;

/**
 * Adds them to other places. A place stays once it was found: a station that goes away fails its own boards, and its
 * ports are opened again when it is back.
 * @param signal ends the search
 * @returns after the first search
 * @throws PortalError `port-failed` where the first search cannot be made; the signal's reason
 */
export async function withNetworkPlaces(
  listOthers: ListPlaces,
  { signal, interfaces }: Pick<NetworkSearch, 'signal' | 'interfaces'> & { readonly signal: AbortSignal },
): Promise<ListPlaces> {
  const found = new Set<string>();
  const search = async () => {
    for (const { address } of networkBoards(await findNetworkPorts({ signal, interfaces })))
      found.add(address);
  };
  await search();
  void (async () => {
    for (;;) {
      await delay(ASK_AGAIN_MS, signal);
      await search().catch(() => signal.throwIfAborted()); // a network that is down meanwhile
    }
  })().catch(() => {}); // the signal
  return async () => [...(await listOthers()), ...[...found].map((address) => ({ address, place: address }))];
}
