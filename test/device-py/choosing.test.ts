// Which networks the form offers, which one a name means, and what a form keeps of the one sent before.
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBoard, type MicroPython, pyBytes, startMicroPython } from '../support/micropython.js';

let py: MicroPython;
beforeEach(async () => {
  py = await startMicroPython(fakeBoard(), { form: 'installed' });
  py.run(`
import board
from board import at, get, post
from captive_portal import CaptivePortal

phones = {}

def around(*names, security=3):
    board.sta.found = [(name, b'', 1 + i, -40 - i, security, 0) for i, name in enumerate(names)]
    board.sta.networks = {name: (b'secret123', 1000) for name in names}

def keep(name, make, address):
    phones[name] = phone = make()
    phone.sock.address = address

def visit(ms, name, address='192.168.4.2'):
    at(ms, lambda: keep(name, lambda: get('/'), address))

def send(ms, name, path, body=b'', address='192.168.4.2'):
    at(ms, lambda: keep(name, lambda: post(path, body), address))

def interrupt():
    raise KeyboardInterrupt
`);
});

/** Runs the portal while what the script planned happens, and interrupts it after a minute. */
function serve(script: string): void {
  py.run(`${script}
at(60000, interrupt)
try:
    CaptivePortal().start()
except KeyboardInterrupt:
    pass`);
}

const answer = (phone: string) => py.value<string>(`phones['${phone}'].text()`);
const joined = () =>
  py
    .value<[number, string][]>('board.trace')
    .map(([, what]) => what)
    .filter((what) => what.startsWith('connect'));
const typed = (name: string) =>
  [...Buffer.from(name)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const python = (name: string) => py.value<string>(`repr(${pyBytes(name)})`);

describe('several phones at a time', () => {
  const HOME = `b'ssid=Home&password=secret123'`;
  /** A phone that posts a network that is not there, again and again. */
  const neighbour = (ms: number) =>
    `for again in range(60):\n    send(${ms} + 500 * again, 'neighbour%d' % again, '/login', b'other=Nowhere', '192.168.4.9')\n`;

  it('each get an attempt, in turn, however often another one posts', () => {
    serve(`around(b'Home')\n${neighbour(5000)}send(7000, 'owner', '/login', ${HOME})`);
    expect(joined()).toEqual(["connect b'Nowhere'", "connect b'Home'"]);
    expect(py.run(`print(open('wifi.creds').read())`)).toBe('Home,secret123\n');
  });

  it('see on their pages what the board tries for which of them', () => {
    serve(`
around(b'Home')
${neighbour(5000)}
visit(6500, 'before')
send(7000, 'owner', '/login', ${HOME})
visit(7500, 'waiting')
visit(7500, 'other', '192.168.4.7')
`);
    expect(answer('before')).toContain('Connecting to Nowhere for another phone.');
    expect(answer('before')).toContain('action=/login');
    for (const name of ['owner', 'waiting']) {
      expect(answer(name)).toContain('Connecting to Nowhere, then Home');
      expect(answer(name)).not.toContain('action=/login');
    }
    expect(answer('other')).toContain('Connecting to Nowhere, then Home for another phone.');
  });

  it('see the reason of their own failure only, with the network they chose', () => {
    serve(`
around(b'Home', b'Office')
send(5000, 'first', '/login', b'ssid=Home&password=wrong-one')
send(5500, 'second', '/login', b'ssid=Office&password=wrong-two', '192.168.4.9')
for again in range(100):
    visit(6000 + 500 * again, 'first%d' % again)
    visit(6000 + 500 * again, 'second%d' % again, '192.168.4.9')
`);
    const last = (name: string) => answer(`${name}99`);
    expect(joined()).toEqual(["connect b'Home'", "connect b'Office'"]);
    for (const [name, network] of [
      ['first', 'Home'],
      ['second', 'Office'],
    ] as const) {
      expect(last(name)).toContain('Could not connect: wrong password.');
      expect(last(name)).toContain(`value="${network}" checked`);
    }
  });

  it('are no more than four that wait for their turn', () => {
    const phones = [2, 3, 4, 5, 6].map(
      (last) =>
        `send(${5000 + last}, 'phone${last}', '/login', b'other=Network${last}', '192.168.4.${last}')`,
    );
    serve(`${phones.join('\n')}\nvisit(5500, 'refused', '192.168.4.6')`);
    expect(answer('phone6')).toMatch(/^HTTP\/1.1 302 /);
    expect(answer('refused')).toContain(
      'Connecting to Network2, then Network3, then Network4, then Network5 for another phone.',
    );
  });
});

describe('the channel of the access point', () => {
  const channel = () => py.value<number | null>('board.ap.settings.get("channel")');
  const scanned = (...networks: [name: string, channel: number, rssi: number, security?: number][]) =>
    `board.sta.found = [${networks
      .map(([name, at, rssi, security = 3]) => `(b'${name}', b'', ${at}, ${rssi}, ${security}, 0)`)
      .join(', ')}]`;
  const store = (name: string) =>
    py.run(`with open('wifi.creds', 'wb') as file:\n    file.write(b'${name},secret123')\n`);

  it('is that of the stored network, which need not be the strongest', () => {
    store('Home');
    serve(scanned(['Near', 3, -30], ['Home', 11, -80], ['Far', 6, -90]));
    expect(channel()).toBe(11);
  });

  it('is that of the strongest transmitter of the stored network', () => {
    store('Home');
    serve(scanned(['Home', 1, -80], ['Home', 9, -50], ['Near', 3, -30]));
    expect(channel()).toBe(9);
  });

  it('is that of the stored network when the list has no room for it', () => {
    store('Home');
    const others = Array.from({ length: 25 }, (_, i): [string, number, number] => [`n${i}`, 1, -30 - i]);
    serve(scanned(...others, ['Home', 13, -90]));
    expect(channel()).toBe(13);
  });

  it.each([
    ['the stored one is away', 'Gone'],
    ['none is stored', ''],
  ])('is that of the strongest network that can be joined when %s', (_title, stored) => {
    if (stored) store(stored);
    serve(scanned(['Weak', 1, -80], ['', 2, -20], ['Office', 4, -25, 5], ['Strong', 7, -35]));
    expect(channel()).toBe(7);
  });

  it('is left alone without a network, and with one that only 5 GHz has', () => {
    serve('');
    expect(channel()).toBe(null);
    serve(`board._events.clear()\n${scanned(['Fast', 36, -30])}`);
    expect(channel()).toBe(null);
  });

  it('stays as it is while a phone is there', () => {
    serve(`${scanned(['Home', 11, -40])}\nvisit(5000, 'form')\nboard.phones_around = 1`);
    expect(answer('form')).toContain('value="Home"');
    expect(channel()).toBe(null);
  });

  it('may be one that the chip refuses: the access point opens on its own', () => {
    py.run(`
configure = board.ap.config

def config(name=None, **settings):
    if "channel" in settings:
        raise OSError("Wifi Invalid Argument")
    return configure(name, **settings)

board.ap.config = config`);
    serve(`${scanned(['Home', 13, -50])}\nvisit(5000, 'form')`);
    expect(answer('form')).toContain('value="Home"');
  });
});

describe('a typed name', () => {
  it.each([
    ['a straight apostrophe for a curly one', "Jim's iPhone", 'Jim’s iPhone'],
    ['a curly apostrophe for a straight one', 'Jim’s iPhone', "Jim's iPhone"],
    ['straight quotes for curly ones', '"Bar"', '“Bar”'],
    ['a plain blank for a no-break one', 'Box 12', 'Box\u00a012'],
    ['a plain blank for a narrow no-break one', 'Quoi ?', 'Quoi\u202f?'],
    ['blanks at its ends, and one for two', ' My  WiFi ', 'My WiFi'],
  ])('with %s means the network that was scanned', (_title, name, ssid) => {
    serve(
      `around(b'Other', ${pyBytes(ssid)})\nsend(5000, 'login', '/login', b'ssid=&other=${typed(name)}&password=secret123')`,
    );
    expect(joined()).toEqual([`connect ${python(ssid)}`]);
  });

  it('means the network of exactly this name when one only looks like it', () => {
    serve(
      `around(${pyBytes('Jim’s')}, b"Jim's")\nsend(5000, 'login', '/login', b'ssid=&other=${typed("Jim's")}&password=secret123')`,
    );
    expect(joined()).toEqual([`connect ${python("Jim's")}`]);
  });

  it.each([
    ['another case', 'home', 'Home'],
    ['no accent', 'Cafe', 'Café'],
  ])('with %s is another network, which may be hidden', (_title, name, ssid) => {
    serve(
      `around(${pyBytes(ssid)})\nsend(5000, 'login', '/login', b'ssid=&other=${typed(name)}&password=secret123')`,
    );
    expect(joined()).toEqual([`connect ${python(name)}`]);
  });
});

describe('an enterprise network', () => {
  const row = (name: string) => new RegExp(`<label>.*value="${name}".*`).exec(answer('form'))?.[0];

  it.each([
    ['WPA2, on ESP8266 and ESP32', 5],
    ['WPA3 with 192 bits', 10],
    ['WPA3', 14],
    ['WPA2 and WPA3', 15],
    ['WPA', 16],
  ])('(%s) is listed with the reason why it cannot be chosen', (_title, security) => {
    serve(`around(b'Office', security=${security})\nvisit(5000, 'form')`);
    expect(row('Office')).toContain('disabled');
    expect(row('Office')).toContain('<br>enterprise: not supported</span>');
  });

  it.each([0, 1, 2, 3, 4, 6, 7])('is none with security %i', (security) => {
    serve(`around(b'Home', security=${security})\nvisit(5000, 'form')`);
    expect(row('Home')).not.toMatch(/disabled|enterprise/);
    expect(row('Home')).toContain(security ? '<br></span>' : '<br>open</span>');
  });

  it.each(['ssid=Office', 'ssid=&other=Office'])('is refused with the reason when a form has %s', (field) => {
    serve(`around(b'Office', security=5)\nsend(5000, 'form', '/login', b'${field}&password=secret123')`);
    expect(answer('form')).toContain('role=alert>Enterprise: not supported.</p>');
    expect(row('Office')).not.toContain('checked');
    expect(joined()).toEqual([]);
  });
});

describe('a form', () => {
  const problem = (phone: string) => /role=alert>(.*)<\/p>/.exec(answer(phone))?.[1];
  const other = (phone: string) => /<input [^>]*name=other[^>]*value="([^"]*)"/.exec(answer(phone))?.[1];
  const isOtherChecked = (phone: string) => / value="" checked id=o>/.test(answer(phone));
  const WRONG = `b'ssid=Home&password=wrong-password'`;
  const HIDDEN = `b'ssid=&other=Hidden&password='`;

  it('is empty on a first visit', () => {
    serve(`around(b'Home')\nvisit(5000, 'first')`);
    expect([problem('first'), other('first'), isOtherChecked('first')]).toEqual(['', '', false]);
    expect(answer('first')).not.toContain('checked>');
  });

  it('is called after the name of the device', () => {
    serve(`around(b'Home')\nvisit(5000, 'first')\nCaptivePortal.essid = 'Garden <pump>'`);
    expect(answer('first')).toContain('<h1>Connect Garden &lt;pump> to your WiFi</h1>');
  });

  it('keeps the network that was chosen, which leaves the field for other names empty', () => {
    serve(`around(b'Home')\nsend(5000, 'login', '/login', ${WRONG})\nvisit(15000, 'again')`);
    expect(problem('again')).toBe('Could not connect: wrong password.');
    expect(answer('again')).toContain('value="Home" checked>');
    expect([other('again'), isOtherChecked('again')]).toEqual(['', false]);
  });

  it('shows the reason and the name to the phone that sent them, and to no other', () => {
    serve(`
around(b'Home')
send(5000, 'login', '/login', ${HIDDEN})
visit(40000, 'stranger', '192.168.4.3')
visit(41000, 'again')
`);
    expect([problem('stranger'), other('stranger'), isOtherChecked('stranger')]).toEqual(['', '', false]);
    expect([problem('again'), other('again'), isOtherChecked('again')]).toEqual([
      'Could not connect: network not found.',
      'Hidden',
      true,
    ]);
  });

  it('has another reason once the same phone sends it again, and none after a scan', () => {
    serve(`
around(b'Home')
send(5000, 'login', '/login', ${WRONG})
visit(15000, 'failed')
send(16000, 'short', '/login', b'ssid=Home&password=short')
send(17000, 'strange', '/login', b'ssid=Home&password=tooshor', '192.168.4.3')
visit(18000, 'first')
send(20000, 'scan', '/scan', b'', '192.168.4.3')
visit(25000, 'scanned', '192.168.4.3')
`);
    expect(['failed', 'short', 'strange', 'first', 'scanned'].map(problem)).toEqual([
      'Could not connect: wrong password.',
      'A password has 8 to 63 characters.',
      'A password has 8 to 63 characters.',
      'A password has 8 to 63 characters.',
      '',
    ]);
  });
});
