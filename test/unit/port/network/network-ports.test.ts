// Real packets, by multicast on loopback: see mdns-responder.ts.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Answer } from 'dns-packet';
import { expect, test } from 'vitest';
import { AnnouncedServices } from '../../../../src/port/network/announced-services.js';
import { findNetworkPorts, networkBoards } from '../../../../src/port/network/network-ports.js';
import { announcement, startResponder } from '../../../support/mdns-responder.js';

/** A port that no other test and no service of this computer uses. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Until a port of this name has come: the last one of the packets. */
async function find(packets: readonly (readonly Answer[] | Uint8Array)[], last: string) {
  const port = await freeUdpPort();
  await using _responder = await startResponder(port, packets);
  const isEnough = (found: readonly { name: string }[]) => found.some(({ name }) => name === last);
  return await findNetworkPorts({ port, timeoutMs: 60_000, isEnough, interfaces: ['127.0.0.1'] });
}

const ESP = { idVendor: '1a86', idProduct: '7523', product: 'USB Serial', serial: 'A7' };

test('finds the ports of ser2net, with host, port and description', async () => {
  const ports = await find(
    [
      announcement('bench 2', { port: 3002, txt: ESP }),
      announcement('bench 1', {
        txt: { idVendor: '0d28', idProduct: '0204', manufacturer: 'Arm', product: 'DAPLink' },
      }),
    ],
    'bench 1',
  );
  expect(ports).toEqual([
    {
      address: 'rfc2217://127.0.0.1:3001',
      problem: undefined,
      ...{ host: 'pi-1.local', port: 3001, name: 'bench 1', description: 'Arm DAPLink' },
      ...{ usbId: '0d28:0204', serialNumber: undefined, adapter: undefined },
    },
    {
      address: 'rfc2217://127.0.0.1:3002',
      problem: undefined,
      ...{ host: 'pi-1.local', port: 3002, name: 'bench 2', description: 'USB Serial' },
      ...{ usbId: '1a86:7523', serialNumber: 'A7', adapter: 'CH340' },
    },
  ]);
  expect(networkBoards(ports).map(({ name }) => name)).toEqual(['bench 2']);
});

test('a port without Telnet is a socket, one with TLS cannot be opened', async () => {
  const ports = await find(
    [
      announcement('raw', { port: 3001, txt: { gensiostack: 'tcp' } }),
      announcement('tls', { port: 3002, txt: { gensiostack: 'telnet(rfc2217),ssl,tcp' } }),
      announcement('harmful', { port: 3003, txt: { gensiostack: 'stdio(self),tcp' } }),
    ],
    'harmful',
  );
  expect(ports.map(({ name, address, problem }) => [name, address, problem !== undefined])).toEqual([
    ['harmful', undefined, true],
    ['raw', 'socket://127.0.0.1:3001', false],
    ['tls', undefined, true],
  ]);
});

test('asks again for what an answer leaves out', async () => {
  const [pointer] = announcement('late');
  const port = await freeUdpPort();
  const asked = new AbortController();
  await using _responder = await startResponder(
    port,
    [pointer === undefined ? [] : [pointer]],
    (question) => {
      if (question === 'SRV late._iostream._tcp.local') asked.abort(new Error('it asked'));
    },
  );
  const { signal } = asked;
  await expect(
    findNetworkPorts({ port, timeoutMs: 60_000, signal, interfaces: ['127.0.0.1'] }),
  ).rejects.toThrow('it asked');
});

test('a machine cannot point to another one', async () => {
  const ports = await find(
    [announcement('elsewhere', { address: '203.0.113.5', host: 'victim.local' }), announcement('here')],
    'here',
  );
  expect(ports.map(({ name }) => name)).toEqual(['here']);
});

test('damaged packets, and answers of other services, are ignored', async () => {
  const ports = await find(
    [
      Buffer.from('\0\0\x84\0\0\xff\0\xff\0\0\0\0\xc0\x0c', 'latin1'),
      Buffer.alloc(3),
      [{ type: 'PTR', name: '_printer._tcp.local', ttl: 120, data: 'a printer._printer._tcp.local' }],
      [{ type: 'PTR', name: '_iostream._tcp.local', ttl: 120, data: 'evil.example' }],
      announcement('here'),
    ],
    'here',
  );
  expect(ports.map(({ name }) => name)).toEqual(['here']);
});

test('an abort ends the search', async () => {
  const port = await freeUdpPort();
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(findNetworkPorts({ port, signal, interfaces: ['127.0.0.1'] })).rejects.toThrow('enough');
});

test('no network at all is an error', async () => {
  await expect(findNetworkPorts({ interfaces: [], timeoutMs: 1 })).rejects.toMatchObject({
    code: 'port-failed',
  });
});

test('thousands of answers, from however many machines, stay few', () => {
  const found = new AnnouncedServices('_iostream._tcp.local');
  for (let machine = 0; machine < 100; machine++) {
    const address = `10.0.${machine >> 8}.${machine & 255}`;
    for (let index = 0; index < 100; index++)
      found.add(announcement(`s${index}`, { address, host: `h${machine}-${index}.local` }), address);
  }
  expect(found.list.length).toBe(64 * 64);
});

test('a service that is withdrawn is gone, and one machine cannot withdraw that of another', () => {
  const found = new AnnouncedServices('_iostream._tcp.local');
  found.add(announcement('lamp', { address: '10.0.0.1' }), '10.0.0.1');
  const goodbye: Answer[] = [
    { type: 'PTR', name: '_iostream._tcp.local', ttl: 0, data: 'lamp._iostream._tcp.local' },
  ];
  found.add(goodbye, '10.0.0.2');
  expect(found.list).toHaveLength(1);
  found.add(goodbye, '10.0.0.1');
  expect(found.list).toEqual([]);
});
