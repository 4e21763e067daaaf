// portal.keep() in a program's loop: the network goes away and comes back, and the portal with it.
import { beforeEach, describe, expect, test } from 'vitest';
import { RUNTIMES } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { fakeBoard, type MicroPython, startMicroPython } from '../support/micropython.js';

const PROGRAM = `
import board, captive_portal, portal, sys
from board import at, get, post
from captive_portal import CaptivePortal

HOME = {b'Home': (b'secret123', 3000)}
board.sta.networks = dict(HOME)
board.sta.found = [(b'Home', b'', 1, -50, 3, 0), (b'Office', b'', 1, -60, 3, 0)]
with open('wifi.creds', 'wb') as file:
    file.write(b'Home,secret123\\n')
changes = []  # when keep() said something else, in s
phones = {}

def lose():
    board.sta.networks = {}

def run_until(seconds, **options):
    while board.now < seconds * 1000:
        before = board.now
        result = portal.keep(**options)
        if not changes or changes[-1][1] is not result:
            changes.append((before // 1000, result))
        board.advance(100)

def visit(ms, name):
    at(ms, lambda: phones.update({name: get('/')}))

def send(ms, name, path, body=b''):
    at(ms, lambda: phones.update({name: post(path, body)}))
`;

describe.each(RUNTIMES)('a program that calls portal.keep(), on MicroPython $version', (runtime) => {
  let py: MicroPython;
  const secondsOf = (what: string) =>
    py
      .value<[number, string][]>('board.trace')
      .flatMap(([ms, done]) => (done === what ? [Math.floor(ms / 1000)] : []));

  beforeEach(async () => {
    py = await startMicroPython(fakeBoard(), { form: 'installed', runtime });
    py.run(`${PROGRAM}\nCaptivePortal().start()\nboard.trace.clear()\nboard.now = board.sta.joined_at = 0`);
  });

  test('gets True while the board is on its network, from a call that allocates nothing', () => {
    py.run(`
import gc
looks = []
class Station:
    isconnected = staticmethod(lambda: looks.append(board.now) or True)
    active = board.sta.active
network, board.sta = board.sta, Station
portal.keep()
before = gc.mem_alloc()
for _ in range(1000):
    portal.keep()
after = gc.mem_alloc()
run_until(10)
board.sta = network
`);
    expect(py.value('[after - before, changes]')).toEqual([0, [[0, true]]]);
    expect(py.value<number[]>('looks')).toHaveLength(10);
  });

  test('has the portal after five minutes without the network, and closes it when that is back', () => {
    py.run(`at(10000, lose)\nat(900000, lambda: board.sta.networks.update(HOME))`);
    const log = py.run('run_until(1000)');
    const [, lost, back] = py.value<[number, boolean][]>('changes');
    expect(lost).toEqual([10, false]);
    expect(secondsOf('AP on')).toEqual([310]);
    expect(log).toContain('Captive portal ready: join WiFi');
    expect(back?.[1]).toBe(true);
    expect(back?.[0]).toBeLessThan(970);
    expect(Math.abs((secondsOf('AP off')[0] ?? 0) - (back?.[0] ?? 0))).toBeLessThanOrEqual(1);
    expect(log.trimEnd().split('\n').at(-1)).toBe('Turned off access point');
    expect(py.value('[board.open_sockets(), board.sta.isconnected()]')).toEqual([0, true]);
  });

  test('does not notice a network that is back before that', () => {
    py.run(`
at(10000, lose)
at(300000, lambda: board.sta.networks.update(HOME))
at(310000, lose)
at(600000, lambda: board.sta.networks.update(HOME))
run_until(900)`);
    expect(secondsOf('AP on')).toEqual([]);
  });

  test('is on the network that a phone chose, from the moment it has joined', () => {
    py.run(`
at(10000, lose)
visit(100000, 'page')
send(110000, 'login', '/login', b'ssid=Office&password=secret123')
at(109000, lambda: board.sta.networks.update({b'Office': (b'secret123', 2000)}))
visit(118000, 'result')
send(120000, 'done', '/done')
run_until(200, minutes=1)`);
    expect(py.value<string>('phones["page"].text()')).toContain('value="Office"');
    expect(py.value<string>('phones["result"].text()')).toContain('10.0.0.7');
    const changes = py.value<[number, boolean][]>('changes');
    expect(changes.map(([, isOnline]) => isOnline)).toEqual([true, false, true]);
    expect(changes[2]?.[0]).toBeLessThan(118);
    expect(secondsOf('AP off')).toEqual([123]);
    py.run(`with open('wifi.creds', 'rb') as file:\n    creds = str(file.read(), 'utf-8')`);
    expect(py.value('creds')).toBe('Office,secret123\nHome,secret123\n');
  });

  test('opens the portal again when the network is lost again, and with its own options', () => {
    py.run(`
at(10000, lose)
at(200000, lambda: board.sta.networks.update(HOME))
at(400000, lose)
run_until(500, minutes=1, own=CaptivePortal(essid='Pump'))`);
    expect(secondsOf('AP on')).toEqual([70, 460]);
    expect(py.value('str(board.ap.settings["essid"])')).toContain('Pump');
  });

  test('looks for its network without the portal when its own server has port 80, and tries again', () => {
    py.run(`
bind = board.Socket.bind
def taken(sock, addr):
    if addr[1] == 80:
        raise OSError(112)
    bind(sock, addr)
board.Socket.bind = taken
at(10000, lose)`);
    const log = py.run('run_until(160, minutes=1)\nboard.Socket.bind = bind');
    expect(log.match(/Captive portal exception: OSError\(112,?\)/g)).toHaveLength(2);
    expect(secondsOf('AP on')).toEqual([70, 131]);
    expect(py.value('[board.open_sockets(), board.ap.is_active, board.sta.joining is not None]')).toEqual([
      0,
      false,
      true,
    ]);
  });

  test('closes the portal on Ctrl-C, which ends the program', () => {
    py.run(`
def interrupt():
    raise KeyboardInterrupt

at(10000, lose)
at(100000, interrupt)
is_interrupted = False
board.Poll.ipoll = lambda self, ms: board.advance(100) or ()
run_until(90, minutes=1)
try:
    while board.now < 200000:
        portal.keep()
except KeyboardInterrupt:
    is_interrupted = True`);
    expect(py.value('[is_interrupted, board.open_sockets(), board.ap.is_active]')).toEqual([true, 0, false]);
  });

  test('does not load the module unless the program does', () => {
    py.run(`del sys.modules['portal']\nCaptivePortal().start()`);
    expect(py.value(`'portal' in sys.modules`)).toBe(false);
  });
});
