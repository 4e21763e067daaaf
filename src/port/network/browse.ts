// Asks the machines of the local networks what they announce, by multicast DNS (RFC 6762). The only importer of
// multicast-dns; loaded when it is needed.

import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import makeMdns, { type MulticastDNS } from 'multicast-dns';
import { delay } from '../../delay.js';
import { PortalError } from '../../errors.js';
import { type AnnouncedService, AnnouncedServices } from './announced-services.js';

const MDNS_PORT = 5353;
/** Answers may be lost, and a machine delays its own by up to half a second. */
const QUERIES_AT_MS = [0, 500, 1500] as const;
const MAX_FOLLOW_UPS = 64;

export interface BrowseOptions {
  /** How long answers are collected. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Ends the search early. */
  readonly isEnough?: ((found: readonly AnnouncedService[]) => boolean) | undefined;
  /** Own IPv4 addresses, one for each network that is asked; all by default. */
  readonly interfaces?: readonly string[] | undefined;
  readonly port?: number | undefined;
}

/**
 * @param type such as `_iostream._tcp.local`
 * @throws PortalError `port-failed` where no network can be asked; the signal's reason
 */
export async function browse(type: string, options: BrowseOptions): Promise<AnnouncedService[]> {
  const { signal, isEnough, port = MDNS_PORT } = options;
  const found = new AnnouncedServices(type);
  const enough = new AbortController();
  const onAnswer = () => {
    if (isEnough?.(found.list)) enough.abort();
  };
  const problems: Error[] = [];
  const networks = ownNetworks().filter(({ address }) => options.interfaces?.includes(address) ?? true);
  const sockets = networks.map((network) => listen({ ...network, port, found, problems, onAnswer }));
  try {
    const until = AbortSignal.any([enough.signal, ...(signal ? [signal] : [])]);
    await askRepeatedly(sockets, { ...options, type, found, signal: until });
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  if (problems.length >= networks.length) throw cannotListen(port, problems[0]);
  return found.list;
}

async function askRepeatedly(
  sockets: readonly MulticastDNS[],
  {
    type,
    found,
    timeoutMs,
    signal,
  }: Pick<BrowseOptions, 'timeoutMs' | 'signal'> & { type: string; found: AnnouncedServices },
): Promise<void> {
  const startMs = performance.now();
  const until = (ms: number) => delay(Math.max(0, startMs + ms - performance.now()), signal);
  for (const atMs of QUERIES_AT_MS.filter((each) => each < timeoutMs)) {
    await until(atMs);
    for (const socket of sockets) ask(socket, type, found.unresolved);
  }
  await until(timeoutMs);
}

function cannotListen(port: number, cause: Error | undefined): PortalError {
  const why = cause === undefined ? 'this computer has no network' : cause.message;
  return new PortalError(
    'port-failed',
    `The network cannot be searched by mDNS on UDP port ${port}: ${why}.`,
    {
      cause,
      likelyCause: 'Another program has this port for itself, or a firewall is in the way.',
      next: 'Name the ports instead: --port rfc2217://HOST:PORT',
    },
  );
}

interface Listening extends Network {
  readonly port: number;
  readonly found: AnnouncedServices;
  readonly problems: Error[];
  readonly onAnswer: () => void;
}

function listen({ address, members, port, found, problems, onAnswer }: Listening): MulticastDNS {
  const socket = makeMdns({ interface: address, bind: '0.0.0.0', port });
  // Once: a socket that cannot be bound reports it for every query.
  let hasFailed = false;
  socket.on('error', (error) => {
    if (!hasFailed) problems.push(error);
    hasFailed = true;
  });
  socket.on('response', ({ answers, additionals }, { address: from }) => {
    if (!members.check(from)) return; // RFC 6762, section 11
    found.add([...(answers ?? []), ...(additionals ?? [])], from);
    onAnswer();
  });
  return socket;
}

function ask(socket: MulticastDNS, type: string, unresolved: readonly string[]): void {
  const questions = unresolved.slice(0, MAX_FOLLOW_UPS).flatMap((name) => [
    { name, type: 'SRV' as const },
    { name, type: 'TXT' as const },
  ]);
  socket.query({ questions: [{ name: type, type: 'PTR' }, ...questions] });
}

interface Network {
  /** Own address in it. */
  readonly address: string;
  readonly members: BlockList;
}

/** A network without multicast only gives no answers. */
function ownNetworks(): Network[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) => {
    const own = addresses.find(({ family }) => family === 'IPv4');
    const [network = '', prefix] = own?.cidr?.split('/') ?? [];
    if (own === undefined || prefix === undefined) return [];
    const members = new BlockList();
    members.addSubnet(network, Number(prefix));
    return [{ address: own.address, members }];
  });
}
