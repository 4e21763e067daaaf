// Which networks the form offers, which one a name means, and what a form keeps of the one sent before.
import { describe, expect, it } from 'vitest';
import { pyBytes } from '../support/micropython.js';
import { portalForAMinute } from '../support/portal-for-a-minute.js';

const { answer, joined, run, serve, value } = portalForAMinute();
const typed = (name: string) =>
  [...Buffer.from(name)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const python = (name: string) => value<string>(`repr(${pyBytes(name)})`);

describe('the channel of the access point', () => {
  const channel = () => value<number | null>('board.ap.settings.get("channel")');
  const scanned = (...networks: [name: string, channel: number, rssi: number, security?: number][]) =>
    `board.sta.found = [${networks
      .map(([name, at, rssi, security = 3]) => `(b'${name}', b'', ${at}, ${rssi}, ${security}, 0)`)
      .join(', ')}]`;
  const store = (name: string) =>
    run(`with open('wifi.creds', 'wb') as file:\n    file.write(b'${name},secret123')\n`);

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
    run(`
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
