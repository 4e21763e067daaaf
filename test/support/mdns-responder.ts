// A machine of the network that announces services by multicast DNS, on loopback. Answers are built by dns-packet.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

const GROUP = '224.0.0.251';
const LOOPBACK = '127.0.0.1';

/** The records of one of ser2net's ports. */
export function announcement(
  name: string,
  { host = 'pi-1.local', port = 3001, address = LOOPBACK, txt = {} }: AnnouncementOptions = {},
): Answer[] {
  const full = `${name}._iostream._tcp.local`;
  const texts = { provider: 'ser2net', gensiostack: 'telnet(rfc2217),tcp', ...txt };
  return [
    { type: 'PTR', name: '_iostream._tcp.local', ttl: 120, data: full },
    { type: 'SRV', name: full, ttl: 120, data: { target: host, port } },
    {
      type: 'TXT',
      name: full,
      ttl: 120,
      data: Object.entries(texts).map(([key, value]) => `${key}=${value}`),
    },
    { type: 'A', name: host, ttl: 120, data: address },
  ];
}

interface AnnouncementOptions {
  readonly host?: string;
  readonly port?: number;
  readonly address?: string;
  readonly txt?: Readonly<Record<string, string>>;
}

/** Its own answers come back to it, also those that are damaged. */
function readPacket(bytes: Buffer): Packet {
  try {
    return decode(bytes);
  } catch {
    return {};
  }
}

/**
 * Answers each question for ser2net's ports.
 * @param packets records of each packet of an answer, or its bytes
 */
export async function startResponder(
  port: number,
  packets: readonly (readonly Answer[] | Uint8Array)[],
  onAsked: (question: string) => void = () => {},
): Promise<AsyncDisposable> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.on('message', (bytes) => {
    const { type, questions = [] } = readPacket(bytes);
    if (type !== 'query') return;
    for (const question of questions) onAsked(`${question.type} ${question.name}`);
    if (!questions.some(({ name }) => name === '_iostream._tcp.local')) return;
    for (const packet of packets) {
      const answer =
        packet instanceof Uint8Array ? packet : encode({ type: 'response', answers: [...packet] });
      socket.send(answer, port, GROUP);
    }
  });
  socket.bind(port, '0.0.0.0');
  await once(socket, 'listening');
  socket.addMembership(GROUP, LOOPBACK);
  socket.setMulticastInterface(LOOPBACK);
  socket.setMulticastLoopback(true);
  return {
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
