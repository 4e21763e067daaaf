// UDP sockets of the board, and a poll of several things.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { atRawPrompt, VERSIONS } from './running-board.js';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  const rawBoard = (changes: Parameters<typeof atRawPrompt>[0] = {}) => atRawPrompt({ version, ...changes });

  /** Sends a datagram and resolves to the answer. */
  async function ask(url: URL, question: string): Promise<string> {
    const client = createSocket('udp4');
    try {
      client.send(question, Number(url.port), url.hostname);
      const [answer] = await once(client, 'message', { signal: AbortSignal.timeout(30_000) });
      return String(answer);
    } finally {
      client.close();
    }
  }

  test('a polled UDP server on port 53 answers a datagram from this computer', async () => {
    await using board = await rawBoard();
    board.send(
      [
        'import socket, select',
        's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)',
        's.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)',
        's.bind(socket.getaddrinfo("0.0.0.0", 53)[0][-1])',
        's.setblocking(False)',
        'try: s.recvfrom(9)',
        'except OSError as e: print("empty", e.errno)',
        'p = select.poll(); p.register(s, select.POLLIN)',
        'while True:',
        '  for o, e in p.ipoll(60000):',
        '    d, a = o.recvfrom(512)',
        '    print(o is s, e, d, a[0])',
        '    o.sendto(b"re:" + d, a)\x04',
      ].join('\n'),
    );
    await board.until('empty 11\r\n');
    const url = await board.url('udp:');
    expect(await ask(url, 'one')).toBe('re:one');
    expect(await ask(url, 'two')).toBe('re:two');
    expect(await board.until("b'two' 192.168.4.2\r\n")).toBe(
      "True 1 b'one' 192.168.4.2\r\nTrue 1 b'two' 192.168.4.2\r\n",
    );
  });

  test('a taken DNS port makes way for the next one', async () => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    await using board = await rawBoard({ dnsPort: port });
    board.send(
      'import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(("", 53))\n' +
        'd, a = s.recvfrom(9)\ns.sendto(d, a)\x04',
    );
    const url = await board.url('udp:');
    expect(Number(url.port)).toBeGreaterThan(port);
    expect(await ask(url, 'hello')).toBe('hello');
    taken.close();
  });

  test('a poll watches the UART and sockets together', async () => {
    await using board = await rawBoard();
    board.send(
      'import socket, select, sys\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(("", 53))\n' +
        'p = select.poll()\np.register(sys.stdin, select.POLLIN)\np.register(s, select.POLLIN)\nprint("ready")\n' +
        'while True:\n  for o, e in p.poll():\n    if o is s: print("socket", s.recv(9))\n' +
        '    else: print("uart", sys.stdin.read(1))\x04',
    );
    const url = await board.url('udp:');
    await board.until('ready');
    board.send('k');
    await board.until('uart k\r\n');
    const client = createSocket('udp4');
    client.send('x', Number(url.port), url.hostname, () => client.close());
    await board.until("socket b'x'\r\n");
  });

  test('datagrams that come faster than they are read are lost: one fits before 1.26, then four', async () => {
    await using board = await rawBoard();
    board.send(
      'import socket\nu = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nu.bind(("", 53))\n' +
        'last = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nlast.bind(("", 54))\nprint("bound")\n' +
        'last.recv(1)\nu.setblocking(False)\n' +
        'try:\n  while True: print(u.recv(9))\nexcept OSError as e: print(e.errno)\x04',
    );
    await board.until('bound\r\n');
    const [first, second] = board.notices.map((url) => Number(new URL(url).port));
    const client = createSocket('udp4');
    for (const text of ['1', '2', '3', '4', '5', '6']) client.send(text, first);
    client.send('!', second);
    const expected = version === '1.23.0' ? ['1'] : ['1', '2', '3', '4'];
    expect(await board.until('11\r\n')).toBe(`${expected.map((one) => `b'${one}'\r\n`).join('')}11\r\n`);
    client.close();
  });
});
