// What the portal's pages cost the board's CPU, beside a plain server that sends the same bytes from a file: per KB, in
// the same interpreter, over the same sockets, with the same wait before a connection is closed.
import { readFileSync } from 'node:fs';
import { loadMicroPython } from '@micropython/micropython-webassembly-pyscript';
import { figure } from './figure.js';

const PORTAL = new URL('../dist/portal.json', import.meta.url);
const BOARD = new URL('../test/device-py/fakes/board.py', import.meta.url);
const LIMIT = 1.3;
const ROUNDS = 300;

const SETUP = `
import board, captive_portal, common, select
from time import ticks_add, ticks_diff, ticks_ms
from board import get
board.sta.found = [(b'Network number %02d' % i, bytes(6), 1, -30 - i, 3, 0) for i in range(20)]
portal = captive_portal.CaptivePortal()
common.load('startup').start(portal)
for _ in range(3):
    portal.step()

def whole(step):
    phone = get('/')
    sock = phone.sock
    while not sock.closed:
        step()
    return phone

class PlainServer:
    # For several clients, one poll and one step for each that is ready: as the tutorials for captive portals write it.
    def __init__(self):
        self.listener = [sock for sock in board._sockets if sock.bound and sock.bound[1] == 80][0]
        self.poller = select.poll()
        self.poller.register(self.listener, select.POLLIN)
        self.requests = {}
        self.replies = {}
        self.closing = []

    def step(self):
        for sock, event in self.poller.ipoll(200):
            if sock is self.listener:
                conn, address = sock.accept()
                conn.setblocking(False)
                self.poller.register(conn, select.POLLIN)
                self.requests[id(conn)] = b''
            elif event & select.POLLIN:
                self.read(sock)
            else:
                self.write(sock)
        if self.closing and ticks_diff(ticks_ms(), self.closing[0][0]) >= 0:
            sock = self.closing.pop(0)[1]
            self.poller.unregister(sock)
            sock.close()

    def read(self, sock):
        if id(sock) not in self.requests:
            sock.recv(256)
            return
        self.requests[id(sock)] += sock.recv(256)
        if b'\\r\\n\\r\\n' not in self.requests[id(sock)]:
            return
        lines = str(self.requests.pop(id(sock)), 'utf-8').split('\\r\\n')
        method, path, version = lines[0].split(' ')
        headers = {name.lower(): value for name, value in [line.split(': ', 1) for line in lines[1:] if line]}
        print('HTTP', method, headers['host'], path)
        with open('plain.html', 'rb') as file:
            body = file.read()
        head = 'HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: {}\\r\\n\\r\\n'.format(len(body))
        self.replies[id(sock)] = head.encode() + body
        self.poller.register(sock, select.POLLOUT)

    def write(self, sock):
        reply = self.replies[id(sock)]
        reply = reply[sock.send(reply[:536]):]
        self.replies[id(sock)] = reply
        if not reply:
            del self.replies[id(sock)]
            # What is unread at the close would reset the connection.
            self.poller.register(sock, select.POLLIN)
            self.closing.append((ticks_add(ticks_ms(), 9), sock))

page = whole(portal.step).text()
with open('plain.html', 'w') as file:
    file.write(page[page.index('\\r\\n\\r\\n') + 4:])
plain = PlainServer()
size = len(page)
plain_size = len(whole(plain.step).text())
`;

/** Yields the figure. */
export async function* bench() {
  const python = await loadMicroPython({ heapsize: 4 * 1024 * 1024, linebuffer: false, stdout: () => {} });
  const { mpy6 } = JSON.parse(readFileSync(PORTAL, 'utf8'));
  for (const { path, base64 } of mpy6) python.FS.writeFile(`/${path}`, Buffer.from(base64, 'base64'));
  python.FS.writeFile('/board.py', readFileSync(BOARD));
  python.runPython(SETUP);
  const bytes = [python.globals.get('size'), python.globals.get('plain_size')];
  const best = [Infinity, Infinity];
  // In turns, so that what else the computer does meets both; the fastest of each counts. This interpreter collects
  // garbage between the calls.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [which, server] of ['portal', 'plain'].entries()) {
      const start = performance.now();
      python.runPython(`whole(${server}.step)`);
      best[which] = Math.min(best[which], performance.now() - start);
    }
  }
  const perKb = best.map((ms, which) => (ms * 1024) / bytes[which]);
  const ratio = perKb[0] / perKb[1];
  yield figure('the form with 20 networks', ratio, "× a plain server's CPU for each KB", {
    atMost: LIMIT,
    note: `${bytes[0]} bytes; ${perKb.map((ms) => ms.toFixed(3)).join(' and ')} ms for 1 KB`,
  });
}
