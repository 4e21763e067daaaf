// What can be set, by whom, and what comes of it.
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBoard, type MicroPython, startMicroPython } from '../support/micropython.js';

let py: MicroPython;

/** A board with a file portal_config.py of this text; without one when there is none. */
async function boardWith(config?: string): Promise<void> {
  const files = config === undefined ? {} : { 'portal_config.py': config };
  py = await startMicroPython({ ...fakeBoard(), ...files }, { form: 'installed' });
  py.run(`
import board
from board import at, get, post
from captive_portal import CaptivePortal

board.sta.networks = {b'Home': (b'secret123', 1000)}

def interrupt():
    raise KeyboardInterrupt
`);
}

const start = (options = '') =>
  py.run(`
at(9000, interrupt)
try:
    CaptivePortal(${options}).start()
except KeyboardInterrupt:
    pass
`);
const essid = () => {
  const value = "board.ap.settings['essid']";
  return py.value<string>(`${value} if isinstance(${value}, str) else str(${value}, 'utf-8')`);
};

describe('portal_config.py', () => {
  it('gives the access point its name, password and address, and the portal its time', async () => {
    await boardWith(
      'OPTIONS = {"essid": "Lamp", "password": "long enough", "ap_ip": "4.3.2.1", "timeout_s": 5}',
    );
    expect(start()).toContain("join protected WiFi 'Lamp', then open http://4.3.2.1/");
    expect(essid()).toBe('Lamp');
    expect(py.value('[board.ap.settings["authmode"], board.ap.settings["password"]]')).toEqual([
      3,
      'long enough',
    ]);
    expect(py.value('board.ap.address[0]')).toBe('4.3.2.1');
    expect(py.value<number>('board.now')).toBeLessThan(8000);
  });

  it('is overridden by the program', async () => {
    await boardWith('OPTIONS = {"essid": "Lamp", "ap_ip": "4.3.2.1"}');
    start('essid=b"Desk"');
    expect([essid(), py.value('board.ap.address[0]')]).toEqual(['Desk', '4.3.2.1']);
  });

  it('may be missing', async () => {
    await boardWith();
    expect(start()).not.toContain('portal_config');
    expect(essid()).toMatch(/^[A-Z0-9]+-78d0c1$/);
    expect(py.value('[board.ap.settings["authmode"], board.ap.settings["password"]]')).toEqual([0, '']);
  });

  it.each([
    ['no Python', 'OPTIONS = {'],
    ['without OPTIONS', 'essid = "Lamp"'],
    ['with OPTIONS that are none', 'OPTIONS = 5'],
    ['one that fails', 'OPTIONS = {}\n1 / 0'],
  ])('is reported as invalid and ignored when it is %s', async (_title, text) => {
    await boardWith(text);
    const log = start();
    expect(log).toMatch(/^Invalid portal_config: \w+/);
    expect(log).toContain('Captive portal ready');
    expect(essid()).toMatch(/-78d0c1$/);
  });
});

describe('options', () => {
  beforeEach(() => boardWith());

  it('are refused where there is no such one', () => {
    expect(() => py.run('CaptivePortal(esid="Lamp")')).toThrow(/AttributeError: .*esid/);
  });

  it('set country and host name where the firmware can', () => {
    py.run(`
import network
network.hostname = lambda name: board.note('hostname ' + name)
network.country = lambda code: board.note('country ' + code)
`);
    start('hostname="lamp", country="DE"');
    expect(
      py
        .value<[number, string][]>('board.trace')
        .slice(0, 2)
        .map(([, what]) => what),
    ).toEqual(['country DE', 'hostname lamp']);
  });

  it('are passed over where the firmware cannot', () => {
    expect(start('hostname="lamp", country="DE"')).toContain('Captive portal ready');
  });

  it('set the static address of the station before it joins', () => {
    py.run(`
set_address = []
ifconfig = board.sta.ifconfig

def note_ifconfig(value=None):
    if value:
        set_address.append((value[0], board.sta.joining is None))
    return ifconfig()

board.sta.ifconfig = note_ifconfig
at(5000, lambda: post('/login', b'ssid=Home&password=secret123') and None)
at(14000, lambda: get('/') and None)
CaptivePortal(static_ip=("192.168.1.50", "255.255.255.0", "192.168.1.1", "8.8.8.8")).start()
`);
    expect(py.value('set_address')).toEqual([['192.168.1.50', true]]);
    expect(py.value('board.sta.isconnected()')).toBe(true);
  });
});

describe('a subclass', () => {
  it('may use its own form and fields, and keeps every option', async () => {
    await boardWith('OPTIONS = {"essid": "Lamp"}');
    py.run(`
with open('my_form.html', 'w') as file:
    file.write('<main>\\n<form method=post action=/login>{problem}\\n{name}\\n<input name=broker></form></main>\\n')
`);
    py.run(`
typed = []

class Portal(CaptivePortal):
    broker = None
    form = 'my_form'

    def submitted(self, field):
        typed.append(str(field(b'broker'), 'utf-8'))

phones = []
at(4000, lambda: phones.append(get('/')))
at(4500, lambda: phones.append(post('/login', b'ssid=Home&password=short&broker=x')))
at(5000, lambda: post('/login', b'ssid=Home&password=secret123&broker=mqtt.example%3A1883') and None)
at(14000, lambda: get('/') and None)
portal = Portal(broker='none yet')
portal.start()
`);
    const [shown, refused] = py.value<string[]>('[phone.text() for phone in phones]');
    expect(shown).toContain('<input name=broker>');
    expect(refused).toMatch(/A password has 8 to 63 characters\.[\s\S]*<input name=broker>/);
    expect(py.value('[typed[0], portal.broker, portal.essid]')).toEqual([
      'mqtt.example:1883',
      'none yet',
      'Lamp',
    ]);
  });
});
