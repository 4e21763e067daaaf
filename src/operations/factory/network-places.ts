// Adds the ports that ser2net announces on the local networks to those that the factory watches.

import type { BoardPlace } from '../../port/discovery/discovery.js';
import type { BrowseOptions } from '../../port/network/browse.js';
import type { ListPlaces } from './factory-ports.js';

/** Between two searches. */
const AGAIN_AFTER_MS = 10_000;

/**
 * What was found stays listed: a station that has gone away is waited for. The first listing takes as long as a search;
 * later searches run in the background.
 */
export function withNetwork(local: ListPlaces, options: Partial<BrowseOptions>): ListPlaces {
  const found = new Map<string, BoardPlace>();
  let searchedAtMs: number | undefined;
  let isSearching = false;
  const search = async () => {
    isSearching = true;
    try {
      const { findNetworkPorts, networkBoards } = await import('../../port/network/network-ports.js');
      for (const { address } of networkBoards(await findNetworkPorts(options)))
        found.set(address, { address, place: address });
    } finally {
      isSearching = false;
      searchedAtMs = performance.now();
    }
  };
  return async () => {
    if (searchedAtMs === undefined) await search();
    else if (!isSearching && performance.now() - searchedAtMs >= AGAIN_AFTER_MS)
      void search().catch(() => {}); // a network that is down may come back
    return [...(await local()), ...found.values()];
  };
}
