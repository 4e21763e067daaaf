// The portal as a whole, on shims for the hardware, in virtual time.
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBoard, type MicroPython, startMicroPython } from '../support/micropython.js';
import { PROBES } from './probes.js';

let py: MicroPython;
beforeEach(async () => {
  py = await startMicroPython(fakeBoard(), { form: 'installed' });
  py.run(`
import board
from board import at, get, post
from captive_portal import CaptivePortal

board.sta.networks = {b'Home': (b'secret123', 3000), b'Open': (b'', 1000), b'A,b"<i>': (b'comma,comma', 1000)}
board.sta.found = [(b'Home', b'', 1, -50, 3, 0), (b'A,b"<i>', b'', 1, -65, 3, 0), (b'Open', b'', 1, -75, 0, 0)]
phones = {}

def keep(name, make):
    phones[name] = make()

def visit(ms, name, path='/', host='192.168.4.1'):
    at(ms, lambda: keep(name, lambda: get(path, host)))

def send(ms, name, path, body=b'', extra=''):
    at(ms, lambda: keep(name, lambda: post(path, body, extra=extra)))

def interrupt():
    raise KeyboardInterrupt

def creds():
    try:
        with open('wifi.creds', 'rb') as file:
            return str(file.read(), 'utf-8')
    except OSError:
        return None
`);
});

/** Lets the portal run to its end; returns its log, line by line. */
function start(script: string, options = ''): string[] {
  return py
    .run(`${script}
try:
    address = CaptivePortal(${options}).start()
except KeyboardInterrupt:
    address = 'interrupted'
`)
    .split('\n')
    .slice(0, -1);
}

const answer = (phone: string) => py.value<string>(`phones['${phone}'].text()`);
const trace = () => py.value<[number, string][]>('board.trace');
const timeOf = (what: string) => trace().find(([, done]) => done.startsWith(what))?.[0];

const GOOD_FORM = `b'ssid=Home&password=secret123'`;

describe('a new board', () => {
  it('opens its access point with DNS and HTTP, and logs what the series logs', () => {
    const log = start(`at(20000, interrupt)`);
    expect(log).toEqual([
      'Trying to load WiFi credentials from ./wifi.creds',
      './wifi.creds does not exist',
      'Starting captive portal',
      'Waiting for access point to turn on',
      "AP mode configured: ('192.168.4.1', '255.255.255.0', '192.168.4.1', '192.168.4.1')",
      "HTTP Server listening on ('0.0.0.0', 80)",
      'Configured HTTP server',
      "DNS Server listening on ('0.0.0.0', 53)",
      'Configured DNS server',
      "Captive portal ready: join WiFi 'WEBASSEMBLY-78d0c1', then open http://192.168.4.1/",
      'Captive portal stopped',
      'Cleaning up',
      'HTTP Server stopped',
      'DNS Server stopped',
      'Turned off access point',
    ]);
    expect(py.value('[address, board.ap.is_active, board.open_sockets()]')).toEqual([
      'interrupted',
      false,
      0,
    ]);
    expect(py.value('board.ap.settings["authmode"]')).toBe(0);
  });

  it('opens its access point at once and scans right afterwards', () => {
    start(`at(20000, interrupt)`);
    expect([timeOf('AP on'), timeOf('bind 80')]).toEqual([0, 0]);
    expect(timeOf('scan')).toBeLessThan(500);
  });

  it('answers a request that arrives during the scan with the networks found', () => {
    py.run('board.sta.found = [(b"Home", b"", 1, -40, 3, 0)]');
    start(`visit(300, 'early')\nat(20000, interrupt)`);
    expect(answer('early')).toContain('value="Home"');
  });

  it('takes a name, a password and an address for its access point', () => {
    start(`at(9000, interrupt)`, `essid='Lamp', password='long enough', ap_ip='4.3.2.1'`);
    expect(py.value('[str(board.ap.settings["essid"], "utf-8"), board.ap.settings["authmode"]]')).toEqual([
      'Lamp',
      3,
    ]);
    expect(py.value('board.ap.address[0]')).toBe('4.3.2.1');
  });

  it('gives up after timeout_s without a client', () => {
    const log = start(`visit(10000, 'a')`, 'timeout_s=30');
    expect(log.slice(-5)).toContain('Captive portal stopped');
    expect(py.value('[address, board.open_sockets(), board.ap.is_active]')).toEqual([null, 0, false]);
    expect(py.value<number>('board.now')).toBeGreaterThanOrEqual(40_000);
    expect(py.value<number>('board.now')).toBeLessThan(41_000);
  });
});

describe('joining', () => {
  it('leads from the form to the result, stores what worked, and closes the access point', () => {
    const log = start(`
visit(5000, 'form')
send(6000, 'login', '/login', ${GOOD_FORM})
visit(8000, 'progress')
visit(14000, 'result')
send(16000, 'done', '/done')
`);
    expect(answer('form')).toContain('value="Home"');
    expect(answer('login')).toMatch(/http-equiv=refresh content="\d+;url=\/"/);
    expect(answer('login')).toContain('Connecting to Home');
    expect(answer('progress')).toContain('Connecting to Home');
    expect(answer('result')).toContain('Connected</h1>');
    expect(answer('result')).toMatch(/Home[\s\S]*10\.0\.0\.7/);
    expect(log).toContain('Connected to Home, address 10.0.0.7');
    // Who reads that it is connected may cut the power.
    const wrote = log.indexOf('Wrote credentials to ./wifi.creds');
    expect(wrote).toBeGreaterThan(0);
    expect(log[wrote + 1]).toBe('Connected to Home, address 10.0.0.7');
    expect(log.slice(-5)).toEqual([
      'Connected to WiFi!',
      'Cleaning up',
      'HTTP Server stopped',
      'DNS Server stopped',
      'Turned off access point',
    ]);
    expect(py.value('[address, creds(), board.sta.is_active, board.ap.is_active]')).toEqual([
      '10.0.0.7',
      'Home,secret123',
      true,
      false,
    ]);
    expect(py.value<number>('board.now')).toBeLessThan(20_000);
  });

  it('does not call connect() before the answer has left, however slowly the phone takes it', () => {
    start(`
def slow():
    phones['login'] = board.Phone(b'POST /login HTTP/1.1\\r\\nContent-Length: 28\\r\\n\\r\\n' + ${GOOD_FORM}, room=100)

def hurry():
    board.note('answer was %s' % ('whole' if phones['login'].text().endswith('</main>\\n') else 'under way'))
    phones['login'].sock.room = 1 << 30

at(6000, slow)
at(10000, hurry)
at(30000, interrupt)
`);
    const joined = timeOf('connect') ?? 0;
    expect(timeOf('answer was under way')).toBe(10_000);
    expect(joined).toBeGreaterThan(10_000);
    expect(joined).toBeLessThan(12_000);
    expect(answer('login')).toMatch(/<\/main>\n$/);
  });

  it('never shows the password, in the log or on a page', () => {
    const log = start(`
send(5000, 'short', '/login', b'ssid=Home&password=tooshor')
send(6000, 'wrong', '/login', b'ssid=Home&password=wrong-password')
visit(15000, 'again')
send(20000, 'login', '/login', ${GOOD_FORM})
visit(21000, 'progress')
visit(30000, 'result')
`);
    const seen = [...log, ...['short', 'wrong', 'again', 'login', 'progress', 'result'].map(answer)].join(
      '\n',
    );
    expect(seen).not.toMatch(/tooshor|wrong-password|secret123/);
    expect(seen).toContain('Connected to Home');
  });

  it('hands a form that is in order to a subclass, with the fields that its own page has', () => {
    py.run(`
typed = []

class Portal(CaptivePortal):
    def submitted(self, field):
        typed.append(str(field(b'server'), 'utf-8'))

send(5000, 'short', '/login', b'ssid=Home&password=tooshor&server=refused')
send(6000, 'login', '/login', ${GOOD_FORM} + b'&server=mqtt.example%3A1883')
visit(14000, 'result')
Portal().start()`);
    expect(py.value('typed')).toEqual(['mqtt.example:1883']);
  });

  it('returns to the form with the reason and the network, and stores nothing', () => {
    const log = start(`
send(5000, 'login', '/login', b'ssid=Home&password=wrong-password')
visit(15000, 'again')
at(16000, interrupt)
`);
    expect(log).toContain('Failed to connect to Home. WLAN status=2 (wrong password)');
    expect(answer('again')).toContain('role=alert>Could not connect: wrong password.</p>');
    expect(answer('again')).toContain('value="Home" checked>');
    expect(py.value('creds()')).toBe(null);
  });

  it('keeps a typed name, and shows that a network was not found', () => {
    const log = start(`
send(5000, 'login', '/login', b'ssid=&other=Hidden+%3Cb%3E&password=')
visit(40000, 'again')
at(41000, interrupt)
`);
    expect(log).toContain("Trying to connect to SSID 'Hidden <b>'");
    expect(log.filter((line) => line.startsWith('Connection attempt'))).toHaveLength(10);
    expect(log).toContain('Failed to connect to Hidden <b>. WLAN status=3 (network not found)');
    expect(answer('again')).toContain('value="Hidden &lt;b>"');
    expect(answer('again')).toContain('network not found');
    expect(answer('again')).not.toContain('Hidden <b>');
  });

  it('shows that the network gave no address, or did not answer', () => {
    const log = start(`
board.sta.networks[b'Slow'] = (b'', 1 << 20)
send(5000, 'a', '/login', b'ssid=Slow&password=')

def associate():
    board.sta.status = lambda what=None: -60 if what == 'rssi' else 1

at(40000, associate)
send(41000, 'b', '/login', b'ssid=Slow&password=')
at(80000, interrupt)
`);
    expect(log.filter((line) => line.startsWith('Failed'))).toEqual([
      'Failed to connect to Slow. WLAN status=1 (timed out)',
      'Failed to connect to Slow. WLAN status=1 (no address)',
    ]);
  });

  it.each([
    [2, 'wrong password'],
    [3, 'network not found'],
    [4, 'connection failed'],
    [1, 'timed out'],
    [15, 'wrong password'],
    [202, 'wrong password'],
    [204, 'wrong password'],
    [200, 'network not found'],
    [201, 'network not found'],
    [210, 'network not found'],
    [203, 'connection failed'],
    [1001, 'timed out'],
  ])('shows the meaning of status %i, on ESP8266 and ESP32', (status, reason) => {
    const log = start(`
board.sta.status = lambda what=None: 31 if what else ${status}
send(5000, 'login', '/login', ${GOOD_FORM})
visit(40000, 'again')
at(41000, interrupt)
`);
    expect(log).toContain(`Failed to connect to Home. WLAN status=${status} (${reason})`);
    expect(answer('again')).toContain(`role=alert>Could not connect: ${reason}.</p>`);
  });

  it('shows a failure when the SDK rejects the name or the key', () => {
    const log = start(`
def refuse(ssid, password=b''):
    raise OSError('Wifi Internal Error')

board.sta.connect = refuse
send(5000, 'login', '/login', ${GOOD_FORM})
visit(12000, 'again')
at(13000, interrupt)
`);
    expect(log).toContain('Failed to connect to Home. WLAN status=0 (connection failed)');
    expect(answer('again')).toContain('Could not connect: connection failed.');
  });

  it('limits the retries of an ESP32 to a few handshakes', () => {
    start(`
settings = []
board.sta.config = lambda **given: settings.append(given)
send(5000, 'login', '/login', ${GOOD_FORM})
visit(14000, 'result')
`);
    expect(py.value('settings')).toEqual([{ reconnects: 5 }]);
  });

  it.each([
    ['passes', 9500, /^Connected to Slow/],
    ['stays', 30_000, /^Failed to connect to Slow. WLAN status=202 \(wrong password\)$/],
  ])(
    'believes an ESP32 that says "wrong password" only when it keeps to it: one that %s',
    (_what, untilMs, outcome) => {
      const log = start(`
board.sta.networks[b'Slow'] = (b'', 3000)

def say():
    board.sta.status = lambda what=None: 202

at(4900, say)
send(5000, 'login', '/login', b'ssid=Slow&password=')
at(${untilMs}, lambda: delattr(board.sta, 'status'))
visit(12500, 'result')
at(32000, interrupt)
`);
      const outcomes = log.filter((line) => /^(Connected to|Failed to connect to) Slow/.test(line));
      expect(outcomes).toEqual([expect.stringMatching(outcome)]);
    },
  );

  it.each([
    ['no network', 'password=secret123', 'Choose a network'],
    ['a name of 33 bytes', `other=${'x'.repeat(33)}`, 'Choose a network'],
    ['a password of 7', 'ssid=Home&password=1234567', '8 to 63'],
    ['a password of 65', `ssid=Home&password=${'x'.repeat(65)}`, '8 to 63'],
    ['64 that are no hex digits', `ssid=Home&password=${'x'.repeat(64)}`, '8 to 63'],
    ['a body that is no form', '&&%zz=%', 'Choose a network'],
  ])('refuses %s in words, without trying', (_title, body, words) => {
    start(`send(5000, 'login', '/login', b'${body}')\nat(9000, interrupt)`);
    expect(answer('login')).toContain(words);
    expect(answer('login')).toContain('<form method=post action=/login>');
    expect(timeOf('connect')).toBeUndefined();
  });

  it('joins an open network, and one with commas, quotes and tags in its name and password', () => {
    start(`send(5000, 'login', '/login', b'ssid=Open&password=')`);
    expect(py.value('[address, creds()]')).toEqual(['10.0.0.7', 'Open,']);
    start(`
board._events.clear()
visit(board.now + 45000, 'form')
send(board.now + 46000, 'login', '/login', b'ssid=A%2Cb%22%3Ci%3E&password=comma%2Ccomma')
board.sta.networks[b'Open'] = (b'changed', 1000)
`);
    expect(answer('form')).toContain('value="A,b&quot;&lt;i>"');
    expect(py.value('[address, creds()]')).toEqual(['10.0.0.7', ',7,A,b"<i>,comma,comma']);
  });

  it('finds the bytes of a network whose name is no text that a browser could send back', () => {
    start(`
board.sta.found = [(b'caf\\xe9\\n', b'', 1, -50, 0, 0)]
board.sta.networks = {b'caf\\xe9\\n': (b'', 1000)}
visit(4000, 'form')
send(5000, 'login', '/login', b'ssid=caf%5Cxe9%5Cx0a&password=')
`);
    expect(answer('form')).toContain('value="caf\\xe9\\x0a"');
    expect(trace().map(([, what]) => what)).toContain("connect b'caf\\xe9\\n'");
  });

  it('closes 15 s after the result was served without Done', () => {
    start(`send(5000, 'login', '/login', ${GOOD_FORM})\nvisit(30000, 'result')`);
    expect(py.value<number>('board.now')).toBeGreaterThanOrEqual(44_500);
    expect(py.value<number>('board.now')).toBeLessThan(46_000);
  });

  it('keeps the result for a phone that is away for 55 s, and closes after 60 s without one', () => {
    start(`send(5000, 'login', '/login', ${GOOD_FORM})\nvisit(64000, 'result')`);
    expect(answer('result')).toContain('10.0.0.7');
    start(`
board._events.clear()
import os
os.remove('wifi.creds')
board.trace.clear()
began = board.now
send(began + 5000, 'login', '/login', ${GOOD_FORM})
`);
    const joinedAt = (timeOf('connect') ?? 0) + 3000;
    expect(py.value<number>('board.now') - joinedAt).toBeGreaterThanOrEqual(59_000);
    expect(py.value<number>('board.now') - joinedAt).toBeLessThan(62_000);
  });

  it('gives phones the online answer only after the result was read', () => {
    start(`
probe = 'connectivitycheck.gstatic.com'
visit(4000, 'before', '/generate_204', probe)
send(5000, 'login', '/login', ${GOOD_FORM})
visit(12000, 'unseen', '/generate_204', probe)
visit(13000, 'result')
visit(14000, 'seen', '/generate_204', probe)
send(15000, 'done', '/done')
${PROBES.map(([host, path], index) => `visit(${16_000 + index * 50}, 'probe${index}', '${path}', '${host}')`).join('\n')}
visit(17500, 'other', '/', 'example.com')
`);
    for (const phone of ['before', 'unseen', 'seen', 'other']) {
      expect(answer(phone), phone).toMatch(
        /^HTTP\/1.1 302 [\s\S]*\r\nLocation: http:\/\/192\.168\.4\.1\/\r\n/,
      );
    }
    for (const [index, [host, path, body]] of PROBES.entries()) {
      expect(answer(`probe${index}`).split('\r\n\r\n')[1], host + path).toBe(body);
      expect(answer(`probe${index}`)).toMatch(body ? /^HTTP\/1.1 200 / : /^HTTP\/1.1 204 /);
    }
  });

  it('scans again on request, after the response was sent', () => {
    start(`
def appear():
    board.sta.found.append((b'New', b'', 1, -30, 3, 0))

at(4000, appear)
send(5000, 'scan', '/scan')
visit(9000, 'form')
at(10000, interrupt)
`);
    expect(answer('scan')).toContain('url=/"');
    expect(answer('form')).toContain('value="New"');
    expect(trace().filter(([, what]) => what === 'scan')).toHaveLength(2);
  });
});

describe('a portal that runs out of memory', () => {
  it('tries again what was due, and joins', () => {
    const log = start(`
import common
load = common.load
missing = []
at(4000, lambda: missing.append('wifi_join'))
at(5500, lambda: missing.append('credentials'))

def scarce(name):
    if name in missing:
        missing.remove(name)
        raise MemoryError
    return load(name)

common.load = scarce
send(5000, 'login', '/login', ${GOOD_FORM})
visit(14000, 'result')
`);
    expect(log.filter((line) => line === 'Captive portal exception: MemoryError()')).toHaveLength(2);
    expect(answer('result')).toContain('Connected</h1>');
    expect(py.value('[address, creds()]')).toEqual(['10.0.0.7', 'Home,secret123']);
  });

  it('continues to serve without memory for a scan or a form', () => {
    const log = start(`
import common
load = common.load
missing = []

def scarce(name):
    if name in missing:
        missing.remove(name)
        raise MemoryError
    return load(name)

common.load = scarce
at(4000, lambda: missing.extend(['networks', 'credentials']))
send(5000, 'scan', '/scan')
send(6000, 'lost', '/login', ${GOOD_FORM})
send(7000, 'login', '/login', ${GOOD_FORM})
visit(14000, 'result')
`);
    expect(log.filter((line) => line.endsWith(' exception: MemoryError()'))).toHaveLength(2);
    expect(answer('result')).toContain('Connected</h1>');
    expect(py.value('board.open_sockets()')).toBe(0);
  });
});

describe('a board with stored credentials', () => {
  const store = (text: string) =>
    py.run(`
with open('wifi.creds', 'wb') as file:
    file.write(b'${text}')
`);

  it('joins its network and never opens the portal', () => {
    store('Home,secret123');
    const log = start('');
    expect(log).toEqual([
      'Trying to load WiFi credentials from ./wifi.creds',
      'Loaded WiFi credentials from ./wifi.creds',
      "Trying to connect to SSID 'Home'",
      'Connection attempt 1/10 ...',
      'Connection attempt 2/10 ...',
      'Connected to Home, address 10.0.0.7',
    ]);
    expect(py.value('[address, board.ap.is_active]')).toEqual(['10.0.0.7', false]);
  });

  it('tries 10 times, 2 s apart, then opens the portal and keeps them', () => {
    store('Gone,secret123');
    const log = start(`at(40000, interrupt)`);
    expect(log.filter((line) => /^Connection attempt \d+\/10 \.\.\.$/.test(line))).toHaveLength(10);
    expect(log).toContain('Connect with saved credentials failed, starting captive portal');
    expect(timeOf('AP on')).toBeGreaterThanOrEqual(20_000);
    expect(py.value('creds()')).toBe('Gone,secret123');
  });

  it('stops trying as soon as the password is known to be wrong', () => {
    store('Home,no-longer-right');
    const log = start(`at(30000, interrupt)`);
    expect(log).toContain('Failed to connect to Home. WLAN status=2 (wrong password)');
    expect(timeOf('AP on')).toBeLessThan(10_000);
  });

  it('finds the network when it comes back, while the portal has no client', () => {
    store('Late,secret123');
    const log = start(`
def router_starts():
    board.sta.networks[b'Late'] = (b'secret123', 1000)

at(50000, router_starts)
visit(60000, 'visitor')
`);
    expect(py.value('[address, board.ap.is_active]')).toEqual(['10.0.0.7', false]);
    const last = trace()
      .filter(([, what]) => what.startsWith('connect'))
      .pop();
    expect(last?.[0]).toBeGreaterThanOrEqual(120_000);
    expect(py.value<number>('board.now')).toBeLessThan(125_000);
    expect(log).toContain('Connected to WiFi!');
  });

  it('processes a form first while it tries the old network in the background', () => {
    store('Gone,secret123');
    start(`
visit(95000, 'form')
send(96000, 'login', '/login', ${GOOD_FORM})
`);
    expect(trace().filter(([, what]) => what === "connect b'Gone'").length).toBeGreaterThan(1);
    expect(answer('form')).toContain('<form method=post action=/login>');
    expect(py.value('[address, creds()]')).toEqual(['10.0.0.7', 'Home,secret123']);
  });

  it('opens the portal when the file is damaged', () => {
    store('rubbish');
    const log = start(`at(9000, interrupt)`);
    expect(log).toContain('Invalid credentials file: ./wifi.creds');
    expect(log).toContain('Configured DNS server');
  });

  it('stops cleanly on Ctrl-C while it is trying', () => {
    store('Gone,secret123');
    const log = start(`at(5000, interrupt)`);
    expect(log.slice(-3)).toEqual(['Captive portal stopped', 'Cleaning up', 'Turned off access point']);
    expect(py.value('board.sta.is_active')).toBe(false);
  });
});
