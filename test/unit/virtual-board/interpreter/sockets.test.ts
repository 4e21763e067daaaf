// TCP sockets of the board, and what its networks do to them.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { OWN_RUNTIME } from '../../../../src/virtual-board/interpreter/runtime/runtimes.js';
import { atRawPrompt, VERSIONS } from './running-board.js';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  const rawBoard = (changes: Parameters<typeof atRawPrompt>[0] = {}) => atRawPrompt({ version, ...changes });

  async function connected(url: URL): Promise<Socket> {
    const socket = connect(Number(url.port), url.hostname);
    await once(socket, 'connect');
    return socket;
  }

  test('a polled TCP server on port 80 serves an HTTP request of fetch', async () => {
    await using board = await rawBoard();
    board.send(
      [
        'import socket, select',
        's = socket.socket()',
        's.bind(("0.0.0.0", 80)); s.listen(1); s.setblocking(False)',
        'p = select.poll(); p.register(s, select.POLLIN)',
        'body = b"x" * 20000',
        'while True:',
        '  for o, e in p.poll(60000):',
        '    if o is s:',
        '      c, a = s.accept(); c.setblocking(True); p.register(c, select.POLLIN)',
        '    else:',
        '      print(o.readline(), e)',
        '      o.write(b"HTTP/1.0 200 OK\\r\\nContent-Length: 20000\\r\\n\\r\\n"); o.sendall(body)',
        '      p.unregister(o); o.close()\x04',
      ].join('\n'),
    );
    const url = await board.url('http:');
    const response = await fetch(new URL('/hello', url));
    expect(await response.text()).toBe('x'.repeat(20_000));
    await board.until("b'GET /hello HTTP/1.1\\r\\n' 1\r\n");
  });

  test('a blocking accept and recv see the client, its bytes and its end', async () => {
    await using board = await rawBoard();
    board.send(
      'import socket\ns = socket.socket()\ns.bind(("", 80))\ns.listen(2)\nc, a = s.accept()\nprint(a[0])\n' +
        'while True:\n  d = c.recv(4)\n  print(d)\n  if not d: break\nc.send("bye")\nc.close()\nprint("done")\x04',
    );
    const client = await connected(await board.url('http:'));
    client.end('hello!');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toBe('bye');
    expect(await board.until('done')).toContain("192.168.4.2\r\nb'hell'\r\nb'o!'\r\nb''\r\n");
  });

  test('a reset by the client is ECONNRESET, and error and hang-up for poll', async () => {
    await using board = await rawBoard();
    board.send(
      'import socket, select\ns = socket.socket()\ns.bind(("", 80))\ns.listen(2)\nc, a = s.accept()\n' +
        'print("accepted")\np = select.poll()\np.register(c, select.POLLIN)\nprint(p.poll(60000)[0][1])\n' +
        'try: c.recv(1)\nexcept OSError as e: print(e.errno)\x04',
    );
    const client = await connected(await board.url('http:'));
    await board.until('accepted\r\n');
    client.resetAndDestroy();
    expect(await board.until('104\r\n')).toBe('25\r\n104\r\n');
  });

  test('timeouts and wrong uses raise the errors of lwIP', async () => {
    await using board = await rawBoard();
    const { out, error } = await board.exec(
      [
        'import socket, select',
        'def number(f, *a):',
        '  try: return f(*a)',
        '  except OSError as e: return e.errno',
        's = socket.socket()',
        'print(number(s.accept), number(s.recv, 1), number(s.send, b"x"))',
        's.bind(("", 80)); s.listen(1)',
        's.settimeout(0.01); print(number(s.accept))',
        's.settimeout(0); print(number(s.accept))',
        'p = select.poll(); p.register(s); print(p.poll(10), select.select([s], [], [], 0.01))',
        'n = socket.socket(); q = select.poll(); q.register(n, select.POLLIN); print(q.poll(0)[0][1])',
        's.close(); print(number(s.accept))',
      ].join('\n'),
    );
    expect(error).toBe('');
    expect(out).toBe('22 107 107\r\n110\r\n11\r\n[] ([], [], [])\r\n16\r\n9\r\n');
  });

  test('about five connections fit; a further client gets in once one of them is closed', async () => {
    await using board = await rawBoard();
    board.send(
      'import socket, sys\ns = socket.socket()\ns.bind(("", 80))\ns.listen(8)\nl = []\n' +
        'for i in range(5): l.append(s.accept()[0])\nprint("five")\nsys.stdin.read(1)\n' +
        's.setblocking(False)\ntry: s.accept()\nexcept OSError as e: print(e.errno)\ns.setblocking(True)\n' +
        'l[0].recv(1)\nl[0].close()\nprint(s.accept()[0].recv(1))\x04',
    );
    const url = await board.url('http:');
    const clients: Socket[] = [];
    for (let i = 0; i < 5; i += 1) clients.push(await connected(url));
    await board.until('five');
    // As a phone, it tries again after it has given up.
    const connectSixth = () => {
      const sixth = connect(Number(url.port), url.hostname);
      sixth.once('error', ({ code }: NodeJS.ErrnoException) => code === 'ECONNRESET' && connectSixth());
      sixth.write('6');
      clients.push(sixth);
      return sixth;
    };
    await once(connectSixth(), 'connect');
    for (let turn = 0; turn < 3; turn++) await nextTurn(); // the board's listener has it as well
    board.send('.');
    await board.until('11');
    clients[0]?.write('x');
    await board.until("b'6'");
    for (const client of clients) client.destroy();
  });

  test('a connection that finds the backlog full is reset', async () => {
    await using board = await rawBoard();
    board.send('import socket\ns = socket.socket()\ns.bind(("", 80))\ns.listen(2)\nprint("listens")\x04');
    const url = await board.url('http:');
    await board.until('listens');
    const clients = [await connected(url), await connected(url)];
    const [error] = await once(connect(Number(url.port), url.hostname), 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    for (const client of clients) client.destroy();
  });

  test('the preferred port is used, or the next one when it is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await using board = await rawBoard({ httpPort: port });
    await board.exec('import socket\ns = socket.socket()\ns.bind(("", 80))\ns.listen(1)');
    const url = await board.url('http:');
    expect(Number(url.port)).toBeGreaterThan(port);
    expect(Number(url.port)).toBeLessThan(port + 33);
    taken.close();
  });

  test('a soft reset and stop() close what the board opened', async () => {
    await using board = await rawBoard();
    const listen = 'import socket\ns = socket.socket()\ns.bind(("", 80))\ns.listen(1)';
    await board.exec(listen);
    const first = await board.url('http:');
    board.send('\x04');
    await board.until('raw REPL; CTRL-B to exit\r\n>');
    await expect(connected(first)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    board.notices.length = 0;
    await board.exec(listen);
    const second = await board.url('http:');
    (await connected(second)).destroy();
    await board.stop();
    await expect(connected(second)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test.each([
    ['esp8266', 1072],
    ['esp32', 5760],
  ] as const)('an %s sends what fits its buffer of %i bytes and says how much', async (chip, bytes) => {
    await using board = await rawBoard({ chip });
    // To fill the buffers of this computer takes an ESP8266 thousands of calls: once is enough.
    const fills = chip === 'esp32' || version === OWN_RUNTIME.version;
    board.send(
      'import socket, network\nnetwork.WLAN(1).active(True)\ns = socket.socket()\ns.bind(("", 80))\ns.listen(2)\n' +
        'c, a = s.accept()\nc.setblocking(False)\nprint("sent", c.send(b"x" * 9000))\n' +
        `try:\n  while ${fills ? 'True' : 'False'}: c.send(b"x" * 9000)\nexcept OSError as e: print(e.errno)\n` +
        'c.close()\nprint("end")\x04',
    );
    const client = await connected(await board.url('http:'));
    // It is not read: the board's buffer fills up behind those of this computer.
    client.pause();
    expect(await board.until('end\r\n')).toContain(`sent ${bytes}\r\n${fills ? '11\r\n' : ''}end`);
    client.destroy();
  });

  test('the phone loses its connection when the board joins on another channel, and may come back', async () => {
    await using board = await rawBoard();
    board.send(
      'import socket, network, time\ns = socket.socket()\ns.bind(("", 80))\ns.listen(2)\nc, a = s.accept()\n' +
        'w = network.WLAN(0)\nw.active(True)\nw.connect("Home WiFi", "correct horse")\n' +
        'try: c.recv(1)\nexcept OSError as e: print(e.errno)\nc.close()\n' +
        'while not w.isconnected(): time.sleep_ms(1)\n' +
        'c, a = s.accept()\nc.send("joined")\nc.close()\x04',
    );
    const url = await board.url('http:');
    const phone = await connected(url);
    const [lost] = await once(phone, 'error');
    expect(lost).toMatchObject({ code: 'ECONNRESET' });
    await board.until('104\r\n');
    // The join has ended when the board accepts: a client that is refused tries again.
    for (;;) {
      const again = connect(Number(url.port), '127.0.0.1').on('error', () => {});
      const answer = await new Promise((resolve) => again.once('data', resolve).once('close', resolve));
      if (answer instanceof Uint8Array) {
        expect(String(answer)).toBe('joined');
        break;
      }
    }
  });

  test('an access point is connected once a client is there', async () => {
    await using board = await rawBoard();
    board.send(
      'import socket, network\nw = network.WLAN(1)\nprint(w.isconnected())\ns = socket.socket()\ns.bind(("", 80))\n' +
        's.listen(2)\nc, a = s.accept()\nprint(w.isconnected())\nc.close()\x04',
    );
    await board.until('False\r\n');
    const client = await connected(await board.url('http:'));
    await board.until('True\r\n');
    client.destroy();
  });

  test('without a network no client reaches the board', async () => {
    await using board = await rawBoard();
    await board.exec(
      'import socket, network\ns = socket.socket()\ns.bind(("", 80))\ns.listen(2)\nnetwork.WLAN(1).active(False)',
    );
    const phone = connect(Number((await board.url('http:')).port), '127.0.0.1');
    const [refused] = await once(phone, 'error');
    expect(refused).toMatchObject({ code: 'ECONNRESET' });
    expect(await board.exec('s.settimeout(0)\ntry: s.accept()\nexcept OSError as e: print(e.errno)')).toEqual(
      {
        out: '11\r\n',
        error: '',
      },
    );
  });

  test('an ESP8266 listens on two ports and has four UDP sockets; more raise ENOMEM', async () => {
    await using board = await rawBoard();
    const { out } = await board.exec(
      'import socket\nkeep = []\ndef number(kind, act):\n  try:\n    s = socket.socket(socket.AF_INET, kind)\n' +
        '    keep.append(s)\n    s.bind(("", 7000 + len(keep)))\n    act(s)\n    return 0\n' +
        '  except OSError as e: return e.errno\n' +
        'print([number(socket.SOCK_STREAM, lambda s: s.listen(1)) for _ in range(3)])\n' +
        'print([number(socket.SOCK_DGRAM, lambda s: 0) for _ in range(5)])',
    );
    expect(out).toBe('[0, 0, 12]\r\n[0, 0, 0, 0, 12]\r\n');
  });
});
