// How the portal starts on a new board, and on one with stored credentials.
import { describe, expect, it } from 'vitest';
import { GOOD_FORM, portalOnBoard } from '../support/portal-on-board.js';

const { answer, run, start, timeOf, trace, value } = portalOnBoard();

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
    expect(value('[address, board.ap.is_active, board.open_sockets()]')).toEqual(['interrupted', false, 0]);
    expect(value('board.ap.settings["authmode"]')).toBe(0);
  });

  it('opens its access point at once and scans right afterwards', () => {
    start(`at(20000, interrupt)`);
    expect([timeOf('AP on'), timeOf('bind 80')]).toEqual([0, 0]);
    expect(timeOf('scan')).toBeLessThan(500);
  });

  it('answers a request that arrives during the scan with the networks found', () => {
    run('board.sta.found = [(b"Home", b"", 1, -40, 3, 0)]');
    start(`visit(300, 'early')\nat(20000, interrupt)`);
    expect(answer('early')).toContain('value="Home"');
  });

  it('takes a name, a password and an address for its access point', () => {
    start(`at(9000, interrupt)`, `essid='Lamp', password='long enough', ap_ip='4.3.2.1'`);
    expect(value('[str(board.ap.settings["essid"], "utf-8"), board.ap.settings["authmode"]]')).toEqual([
      'Lamp',
      3,
    ]);
    expect(value('board.ap.address[0]')).toBe('4.3.2.1');
  });

  it('gives up after timeout_s without a client', () => {
    const log = start(`visit(10000, 'a')`, 'timeout_s=30');
    expect(log.slice(-5)).toContain('Captive portal stopped');
    expect(value('[address, board.open_sockets(), board.ap.is_active]')).toEqual([null, 0, false]);
    expect(value<number>('board.now')).toBeGreaterThanOrEqual(40_000);
    expect(value<number>('board.now')).toBeLessThan(41_000);
  });
});

describe('a board with stored credentials', () => {
  const store = (text: string) =>
    run(`
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
    expect(value('[address, board.ap.is_active]')).toEqual(['10.0.0.7', false]);
  });

  it('tries 10 times, 2 s apart, then opens the portal and keeps them', () => {
    store('Gone,secret123');
    const log = start(`at(40000, interrupt)`);
    expect(log.filter((line) => /^Connection attempt \d+\/10 \.\.\.$/.test(line))).toHaveLength(10);
    expect(log).toContain('Connect with saved credentials failed, starting captive portal');
    expect(timeOf('AP on')).toBeGreaterThanOrEqual(20_000);
    expect(value('creds()')).toBe('Gone,secret123');
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
    expect(value('[address, board.ap.is_active]')).toEqual(['10.0.0.7', false]);
    const last = trace()
      .filter(([, what]) => what.startsWith('connect'))
      .pop();
    expect(last?.[0]).toBeGreaterThanOrEqual(120_000);
    expect(value<number>('board.now')).toBeLessThan(125_000);
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
    expect(value('[address, creds()]')).toEqual(['10.0.0.7', 'Home,secret123\nGone,secret123\n']);
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
    expect(value('board.sta.is_active')).toBe(false);
  });
});
