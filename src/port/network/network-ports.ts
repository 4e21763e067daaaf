// Serial ports that ser2net announces on the local networks, as addresses that can be opened.

import { adapterOf } from '../discovery/usb-adapters.js';
import type { AnnouncedService } from './announced-services.js';
import { type BrowseOptions, browse } from './browse.js';

/** ser2net's, for ports over TCP. */
const TYPE = '_iostream._tcp.local';
const TIMEOUT_MS = 3000;

export type NetworkSearch = Partial<BrowseOptions>;

/** A serial port of another computer. Names and descriptions are any text. */
export interface NetworkPort {
  /** For openPort: by the IP address, since not every system resolves `.local`; `undefined` where it cannot be opened. */
  readonly address: string | undefined;
  /** Why it cannot be opened. */
  readonly problem: string | undefined;
  /** The computer, such as `pi-1.local`. */
  readonly host: string;
  readonly port: number;
  /** What its configuration calls it. */
  readonly name: string;
  /** The USB device, if it says so. */
  readonly description: string | undefined;
  readonly usbId: string | undefined;
  readonly serialNumber: string | undefined;
  /** The USB adapter of an ESP board, as for DiscoveredPort. */
  readonly adapter: string | undefined;
}

/**
 * Looks for ports on the local networks, by mDNS.
 * @throws PortalError `port-failed`; the signal's reason
 */
export async function findNetworkPorts(options: NetworkSearch = {}): Promise<NetworkPort[]> {
  return (await browse(TYPE, { timeoutMs: TIMEOUT_MS, ...options })).map(toPort);
}

/** Those that can be opened and have the adapter of an ESP board, or do not say what they have. */
export function networkBoards(ports: readonly NetworkPort[]): (NetworkPort & { readonly address: string })[] {
  return ports.filter(
    (port): port is NetworkPort & { address: string } =>
      port.address !== undefined && (port.adapter !== undefined || port.usbId === undefined),
  );
}

function toPort({ name, host, address, port, txt }: AnnouncedService): NetworkPort {
  const [vendor = '', product = ''] = [txt.get('idvendor'), txt.get('idproduct')];
  const usbId = /^[\da-f]{4}:[\da-f]{4}$/i.test(`${vendor}:${product}`)
    ? `${vendor}:${product}`.toLowerCase()
    : undefined;
  const description = [txt.get('manufacturer'), txt.get('product')].filter(Boolean).join(' ');
  const scheme = schemeOf(txt.get('gensiostack'));
  return {
    address: scheme && `${scheme}://${address}:${port}`,
    problem: scheme ? undefined : 'It is encrypted, or not a plain port of ser2net: make a tunnel to it.',
    ...{ host, port, name, usbId },
    description: description || undefined,
    serialNumber: txt.get('serial') || undefined,
    adapter: usbId === undefined ? undefined : adapterOf(usbId)?.name,
  };
}

/** Of ser2net's layers; those with TLS cannot be opened. */
function schemeOf(stack: string | undefined): 'rfc2217' | 'socket' | undefined {
  if (stack === 'telnet(rfc2217),tcp') return 'rfc2217';
  return stack === 'tcp' ? 'socket' : undefined;
}
