// Serial ports of other computers; loads mDNS, so that it is imported on demand.

export {
  findNetworkPorts,
  type NetworkPort,
  type NetworkSearch,
  networkBoards,
} from '../../port/network/network-ports.js';
